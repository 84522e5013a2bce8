"""Kafka and PostgreSQL together."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from deploy.local.kafka import USER, Cluster, Kafka
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from deploy.local.processes import remove_at_the_end
from shared.broker import sign_in_at


def temporary_directory() -> Path:
    """Make a directory that other users may enter but not list, and that is removed when this program ends, however it ends."""
    directory = Path(tempfile.mkdtemp(prefix="dondoc-"))
    remove_at_the_end(directory)
    directory.chmod(0o711)
    return directory


def make_brokers(directory: Path, advertised: Sequence[int]) -> list[Kafka]:
    """Return the brokers of a cluster, one for each port that is to be named to clients (0: its own); nothing is started."""
    nodes = range(1, len(advertised) + 1)
    cluster = Cluster({node: free_port() for node in nodes})
    ports = zip(nodes, advertised, strict=True)
    return [Kafka(directory / f"kafka-{node}", node=node, cluster=cluster, advertised=port) for node, port in ports]


def _together(actions: Sequence[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(len(actions)) as pool:
        for each in [pool.submit(action) for action in actions]:
            each.result()


class Infrastructure:
    """A Kafka and a PostgreSQL, started in parallel; without a directory their data is temporary.

    `advertised` makes the Kafka a cluster: a broker for each port that its clients are told.
    """

    def __init__(self, directory: Path | None = None, *, advertised: Sequence[int] = ()) -> None:
        self.is_temporary = directory is None
        self.directory = directory or temporary_directory()
        self.brokers = make_brokers(self.directory, advertised) if advertised else [Kafka(self.directory / "kafka")]
        self.postgres = Postgres(self.directory / "postgres")

    @property
    def kafka(self) -> Kafka:
        """Return the broker, the first one of a cluster."""
        return self.brokers[0]

    @property
    def bootstrap(self) -> str:
        """Return Kafka's address for our own services, naming every broker."""
        servers = ",".join(f"127.0.0.1:{broker.advertised}" for broker in self.brokers)
        return sign_in_at(servers, USER, self.kafka.password)

    @property
    def replicas(self) -> int:
        """Return how many copies of each topic the brokers can hold, 3 at most."""
        return self.kafka.cluster.replicas

    def start(self) -> None:
        """Start all; when one fails, or at an interrupt, none is left running."""
        try:
            _together([*(broker.start for broker in self.brokers), self.postgres.start])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all and remove temporary data."""
        _together([*(broker.stop for broker in self.brokers), self.postgres.stop])
        if self.is_temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
