"""Whatever store is lost, the system comes back by the commands of docs/operations.md, and goes on where it was."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.infrastructure import Infrastructure
from services.rebuild_command import PLANS
from tests.support.restoring import System, copy_log, restore_log


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with Infrastructure() as infrastructure:
        running = System(infrastructure)
        running.start()
        running.publish(4)
        yield running
        running.stack.stop()


def test_the_whole_database_is_dropped_and_comes_back_out_of_kafka(system: System) -> None:
    before = system.digests()
    system.stack.stop()
    postgres = system.infrastructure.postgres
    postgres.drop_database("dondoc")
    postgres.create_database("dondoc")
    system.rebuild_all()
    system.start()  # its setup makes the schemas that no topic feeds
    system.settle()
    assert system.digests() == before
    system.publish(1)
    assert re.search(r"^[\d,]+ events of [\d,]+ keys in 4 partitions", system.dondoc("audit", "verify"))


def test_an_old_backup_of_the_database_is_refused_and_made_anew(system: System, tmp_path: Path) -> None:
    system.base_backup(tmp_path / "backup")
    system.publish(2)
    before = system.digests()
    system.stack.stop()
    system.restore_database(tmp_path / "backup")
    assert "the database is older than the topic" in system.refused("registrar")
    told = system.rebuild_all("--accept-differences")
    assert told.count("an old backup?") >= len(PLANS) - 1
    system.start()
    system.settle()
    assert system.digests() == before
    system.publish(1)


def test_both_stores_are_brought_back_to_an_earlier_moment(system: System, tmp_path: Path) -> None:
    system.base_backup(tmp_path / "database")  # the database first: it may be older than the log, never newer
    before = system.digests()
    system.stack.stop()
    kafka = system.infrastructure.kafka
    kafka.stop()
    copy_log(system.infrastructure, tmp_path / "log")
    kafka.start()
    system.start()
    directives = system.directives
    system.publish(1)
    system.stack.stop()
    kafka.stop()
    restore_log(system.infrastructure, tmp_path / "log")
    kafka.start()
    system.restore_database(tmp_path / "database")
    system.start()
    system.settle()
    assert system.digests() == before
    system.directives = directives
    system.publish(1)
