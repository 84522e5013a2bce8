"""Kafka and PostgreSQL together."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.processes import remove_at_the_end


def temporary_directory() -> Path:
    """Make a directory that other users may enter but not list, and that is removed when this program ends, however it ends."""
    directory = Path(tempfile.mkdtemp(prefix="dondoc-"))
    remove_at_the_end(directory)
    directory.chmod(0o711)
    return directory


class Infrastructure:
    """A Kafka and a PostgreSQL, started in parallel; without a directory their data is temporary."""

    def __init__(self, directory: Path | None = None) -> None:
        self.is_temporary = directory is None
        self.directory = directory or temporary_directory()
        self.kafka = Kafka(self.directory / "kafka")
        self.postgres = Postgres(self.directory / "postgres")

    def start(self) -> None:
        """Start both; when one fails, or at an interrupt, neither is left running."""
        try:
            with ThreadPoolExecutor(2) as pool:
                for start in [pool.submit(self.kafka.start), pool.submit(self.postgres.start)]:
                    start.result()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both and remove temporary data."""
        with ThreadPoolExecutor(2) as pool:
            for stop in [pool.submit(self.kafka.stop), pool.submit(self.postgres.stop)]:
                stop.result()
        if self.is_temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
