"""Our lane, as every worker of the product runs it: the follower with its lock, its turn and its checkpoint, and a handler of its own."""

from collections.abc import Sequence

from deploy.bench.work import QUERIES, SCHEMA, Task, columns, fold, settle
from shared.environment import Environment
from shared.journal.unit_of_work import UnitOfWork
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Subscription, WorkerPlan, run_worker
from shared.streaming.runs import Record


async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Apply a run; the follower moves the checkpoint in the same transaction."""
    await work.connection.execute(QUERIES["upsert"], *columns(fold(record.value or b"" for record in records)))


def main() -> None:
    """Follow the topic until SIGTERM."""
    set_up_logs()
    settle()
    task = Task.read()
    followed = Subscription(task.topic, handle, has_positions=False)
    run_worker(WorkerPlan(SCHEMA, [followed], max_run=task.batch, group=task.group), Environment.read())


if __name__ == "__main__":
    run_main(main)
