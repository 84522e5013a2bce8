"""What a run takes place on: three brokers and a database on small disks, the fault proxy before them, and the whole stack behind it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.chaos.disks import Disks
from deploy.chaos.proxy import Link, Proxy
from deploy.chaos.schedule import BROKERS, POSTGRES
from deploy.local.infrastructure import Infrastructure, temporary_directory
from deploy.local.ports import free_port
from deploy.local.postgres import USER
from deploy.local.stack import Stack

DISK_MIB = 1024


@dataclass(frozen=True)
class Ground:
    """A started stack, with what faults need to get at it."""

    stack: Stack
    proxy: Proxy
    disks: Disks


@contextmanager
def open_ground(environment: Mapping[str, str]) -> Iterator[Ground]:
    """Start everything for the block; the services reach Kafka and PostgreSQL through the proxy alone."""
    directory = temporary_directory()
    advertised = [free_port() for _ in BROKERS]
    infrastructure = Infrastructure(directory, advertised=advertised)
    before_postgres = free_port()
    with ExitStack() as opened:
        opened.callback(shutil.rmtree, directory, ignore_errors=True)
        disks = opened.enter_context(Disks(_folders(infrastructure), DISK_MIB))
        links = [
            Link(broker.process.name, port, ("127.0.0.1", broker.port))
            for broker, port in zip(infrastructure.brokers, advertised, strict=True)
        ]
        database = Link(POSTGRES, before_postgres, ("127.0.0.1", infrastructure.postgres.port))
        proxy = opened.enter_context(Proxy([*links, database]))
        opened.enter_context(infrastructure)
        places = {
            "DONDOC_KAFKA_BOOTSTRAP": infrastructure.bootstrap,
            "DONDOC_POSTGRES_DSN": f"postgresql://{USER}:{infrastructure.postgres.password}@127.0.0.1:{before_postgres}/dondoc",
        }
        yield Ground(opened.enter_context(Stack(infrastructure, environment={**environment, **places})), proxy, disks)


def _folders(infrastructure: Infrastructure) -> Mapping[str, Path]:
    brokers = {broker.process.name: broker.directory / "data" for broker in infrastructure.brokers}
    return {**brokers, POSTGRES: infrastructure.postgres.directory}
