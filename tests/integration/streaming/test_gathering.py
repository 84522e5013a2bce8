"""How long the broker gathers records for a worker: what its plan says is what its consumer asks for."""

from typing import Any

import pytest

from services.plans import PLANS
from shared.environment import Environment
from shared.streaming.app import WorkerPlan, build_app
from shared.streaming.transport import FETCH_MIN_BYTES


def environment_of(bootstrap: str) -> Environment:
    return Environment(bootstrap=bootstrap, dsn="", partitions=1, clock="system", health_port=0, host="127.0.0.1", instance=None)


async def fetcher_of(plan: WorkerPlan, bootstrap: str) -> Any:
    """Return what asks the broker for records, of a consumer that was built as a worker builds it, and started."""
    app: Any = build_app(plan, environment_of(bootstrap))
    thread = app.consumer._thread  # noqa: SLF001  it is not run: its consumer is enough
    thread.thread_loop.close()
    consumer = thread._create_worker_consumer(app.transport)  # noqa: SLF001
    await consumer.start()
    try:
        return consumer._fetcher  # noqa: SLF001
    finally:
        await consumer.stop()


@pytest.mark.parametrize("gather_ms", [37, 432])
async def test_a_fetch_waits_for_as_long_as_the_plan_says(gather_ms: int, bootstrap: str) -> None:
    fetcher = await fetcher_of(WorkerPlan(schema="gathering", subscriptions=(), gather_ms=gather_ms), bootstrap)
    assert (fetcher._fetch_max_wait_ms, fetcher._fetch_min_bytes) == (gather_ms, FETCH_MIN_BYTES)  # noqa: SLF001


@pytest.mark.parametrize(("name", "gather_ms"), [("directives", 60), ("deadlines", 200), ("notifications", 150)])
async def test_workers_for_which_no_page_waits_gather_longer(name: str, gather_ms: int, bootstrap: str) -> None:
    fetcher = await fetcher_of(PLANS[name](environment_of(bootstrap)), bootstrap)
    assert fetcher._fetch_max_wait_ms == gather_ms  # noqa: SLF001
