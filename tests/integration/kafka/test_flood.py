"""A publisher that floods its topic with junk delays itself and hardly anybody else."""

from statistics import median

from deploy.bench import flooding
from deploy.local.stack import Stack

JUNK_A_SECOND = 1_000


async def test_a_flood_of_junk_delays_anothers_facts_by_less_than_two_seconds() -> None:
    with Stack(services=["registrar", "forwarder"]) as stack:
        stack.wait_ready()
        delays = await flooding.run(stack, 5.0)
        assert all(process.alive for process in stack.processes.values())
    assert max(delays.during) - median(delays.without) < 2.0
    assert delays.written > 20 * JUNK_A_SECOND
    assert delays.refused > JUNK_A_SECOND
