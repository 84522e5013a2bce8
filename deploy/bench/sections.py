"""The measurements by section, and the goals that they are held against."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from deploy.bench import auditing, flooding, intake, mutating, peers_environment, projecting, rebuilding, receiving, seeing, telling, timing
from deploy.bench.figures import Figure, figure, percentile, ratio, with_peers
from deploy.bench.machine import load
from deploy.bench.race import Contender, Course, Race, contenders
from deploy.bench.registering import Registering, whole
from deploy.local.infrastructure import Infrastructure
from deploy.local.stack import Stack

BATCHES = (1_000, 5_000)
SMALL_RUN = 500
VISIBLE_PER_SECOND = 200
TOLD_PER_SECOND = 100
MUTATIONS_SEED = 20_261_124
RATIOS = {"stock Faust": 6.0, "FastStream": 1.0, "aiokafka": 0.7}


@dataclass(frozen=True)
class Size:
    """How much is measured: messages of a race and of its trial, rounds, directives a round, seconds of load."""

    messages: int = 200_000
    trial: int = 50_000
    rounds: int = 5
    directives: int = 3_000
    ingress_seconds: int = 6
    visible_seconds: float = 30.0
    audited: int = 200_000
    rebuilt: int = 1_000_000
    flood_seconds: float = 20.0
    mutations: int = 10_000


QUICK = Size(
    messages=20_000,
    trial=20_000,
    rounds=1,
    directives=600,
    ingress_seconds=2,
    visible_seconds=5.0,
    audited=20_000,
    rebuilt=40_000,
    flood_seconds=5.0,
    mutations=2_000,
)
"""Shows that everything works; its figures mean little."""

Section = Callable[[Size], Awaitable[list[Figure]]]


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"· {text} ({load()})", flush=True)


async def lane(size: Size) -> list[Figure]:
    """Measure Kafka to PostgreSQL, the same simple work, every contender at its better batch size."""
    peers = peers_environment.python()
    with Infrastructure() as infrastructure:
        race = Race(infrastructure)
        field = await _choose_batches(race, contenders(peers), size)
        course = await race.lay("bench.course.v1", size.messages)
        runs = await _run_rounds(race, course, field, size.rounds)
    ours = runs.pop("lane")
    batches = ", ".join(f"{contender.name} {batch:,}" for contender, batch in field.items())
    compared = with_peers(figure("lane: Kafka to PostgreSQL", "messages/s", ours, note=f"a batch: {batches}"), runs)
    return [compared, *(ratio(f"lane / {name}", ours, runs[name], goal) for name, goal in RATIOS.items())]


async def _choose_batches(race: Race, field: Sequence[Contender], size: Size) -> dict[Contender, int]:
    """Return the batch size that each contender is faster with, on a shorter course."""
    course = await race.lay("bench.trial.v1", size.trial)
    chosen = {}
    for contender in field:
        speeds = {batch: await race.run(contender, course, batch) for batch in BATCHES}
        chosen[contender] = max(BATCHES, key=speeds.__getitem__)
        say(f"trial of {contender.name}: " + ", ".join(f"{speed:,.0f}/s at {batch:,} a batch" for batch, speed in speeds.items()))
    return chosen


async def _run_rounds(race: Race, course: Course, field: Mapping[Contender, int], rounds: int) -> dict[str, list[float]]:
    runs: dict[str, list[float]] = {contender.name: [] for contender in field}
    for number in range(1, rounds + 1):
        for contender, batch in field.items():
            runs[contender.name].append(await race.run(contender, course, batch))
        say(f"round {number}: " + ", ".join(f"{name} {speeds[-1]:,.0f}/s" for name, speeds in runs.items()))
    return runs


async def hot(size: Size) -> list[Figure]:
    """Measure one hot partition and small runs: all messages in one of four partitions, at most 500 a transaction."""
    peers = peers_environment.python()
    with Infrastructure() as infrastructure:
        race = Race(infrastructure)
        course = await race.lay("bench.hot.v1", size.messages // 2, hot=True)
        field = {each: SMALL_RUN for each in contenders(peers) if each.name in ("lane", "aiokafka")}
        runs = await _run_rounds(race, course, field, size.rounds)
    return [with_peers(figure("one hot partition, runs of at most 500", "messages/s", runs.pop("lane"), goal=30_000), runs)]


async def registrar(size: Size) -> list[Figure]:
    """Measure the registrar, from its inbox into its journal and into Kafka."""
    with Infrastructure() as infrastructure:
        registering = Registering(infrastructure)
        return await _registered(registering, size, size.rounds)


async def catalogue(size: Size) -> list[Figure]:
    """Measure the registrar over the whole catalogue: several publishers, facts that wait, are refused, come twice, or are voided."""
    with Infrastructure() as infrastructure:
        figures = await _registered(Registering(infrastructure, whole()), size, size.rounds)
    return [replace(each, name=f"{each.name}, whole catalogue") for each in figures]


async def projection(size: Size) -> list[Figure]:
    """Measure the real projection, over what the registrar published; the registrar's figures come along."""
    with Infrastructure() as infrastructure:
        registering = Registering(infrastructure)
        figures = await _registered(registering, size, size.rounds)
        runs = []
        for number in range(1, size.rounds + 1):
            runs.append(await projecting.run(registering, number))
            say(f"projection, round {number}: {runs[-1]:,.0f} events/s")
    return [figure("directives projection", "events/s", runs, goal=15_000), *figures]


async def _registered(registering: Registering, size: Size, rounds: int) -> list[Figure]:
    try:
        await registering.open()
        speeds = []
        for number in range(1, rounds + 1):
            speeds.append(await registering.run(size.directives))
            say(f"registrar, round {number}: {speeds[-1].registered:,.0f} facts/s registered, {speeds[-1].relayed:,.0f}/s relayed")
    finally:
        registering.close()
    return [
        figure("registrar: inbox to journal", "facts/s", [speed.registered for speed in speeds], goal=5_000),
        figure("registrar: inbox to Kafka", "facts/s", [speed.relayed for speed in speeds]),
    ]


async def rebuild(size: Size) -> list[Figure]:
    """Measure `dondoc rebuild directives`: out of nothing, then beside live tables, compared with them and put in their place."""
    with Infrastructure() as infrastructure:
        events = await rebuilding.prepare(infrastructure, size.rebuilt)
        say(f"rebuild: {events:,} events are in Kafka")
        made = await rebuilding.run(infrastructure, events)
        say(f"rebuild out of nothing: {made.seconds:.1f} s, {events / made.seconds:,.0f} events/s")
        again = []
        for number in range(1, min(size.rounds, 2) + 1):
            await rebuilding.rest(infrastructure)
            again.append(await rebuilding.run(infrastructure, events))
            say(f"rebuild, round {number}: {again[-1].seconds:.1f} s")
    seconds = [each.seconds / events * 1_000_000 for each in again]
    note = f"{events:,} events; read, compared (all digests equal) and in place; at most {max(each.mebibytes for each in again):,.0f} MiB"
    return [
        figure("rebuild of a million events", "s", seconds, goal=60, better="lower", note=note),
        figure("rebuild out of nothing", "events/s", [events / made.seconds], note="nothing to compare with"),
    ]


async def ingress(size: Size) -> list[Figure]:
    """Measure the ingress: single events over HTTP, with a publisher's key."""
    with Infrastructure() as infrastructure, Stack(infrastructure, services=["gateway", "registrar"], environment=receiving.ROOM) as stack:
        stack.wait_ready()
        key = await receiving.admit(stack)
        reports = []
        for number in range(1, size.rounds + 1):
            reports.append(receiving.run(stack, key, size.ingress_seconds, number))
            say(f"ingress, round {number}: {reports[-1].requests / reports[-1].seconds:,.0f}/s, p99 {reports[-1].p99:.1f} ms")
    note = f"{receiving.CONNECTIONS} connections; the load generator, {receiving.generator()}, shares the CPUs"
    return [
        figure("ingress: single events", "requests/s", [each.requests / each.seconds for each in reports], goal=4_000, note=note),
        figure("ingress: p50", "ms", [each.p50 for each in reports], better="lower"),
        figure("ingress: p99", "ms", [each.p99 for each in reports], goal=100, better="lower"),
    ]


async def visible(size: Size) -> list[Figure]:
    """Measure the time from the POST to the row in the read model, all services running."""
    with Infrastructure() as infrastructure, Stack(infrastructure) as stack:
        stack.wait_ready()
        seconds = await seeing.run(stack, VISIBLE_PER_SECOND, size.visible_seconds)
    p50, p99, most = (percentile(seconds, share) * 1_000 for share in (0.5, 0.99, 1.0))
    say(f"visible: p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {most:.0f} ms")
    note = f"{VISIBLE_PER_SECOND} events/s for {size.visible_seconds:g} s; at most {most:.0f} ms"
    return [
        figure("publish to visible: p50", "ms", [p50], better="lower", note=note),
        figure("publish to visible: p99", "ms", [p99], goal=500, better="lower"),
    ]


async def open_page(size: Size) -> list[Figure]:
    """Measure the time from the POST until a page that is open shows it: the stream tells, the fragment is fetched."""
    with Infrastructure() as infrastructure, Stack(infrastructure) as stack:
        stack.wait_ready()
        seconds = await telling.run_pages(stack, TOLD_PER_SECOND, size.visible_seconds)
    note = f"{TOLD_PER_SECOND} events/s for {size.visible_seconds:g} s, {len(seconds):,} of them on {telling.PAGES} open pages"
    return _told("publish to page updated", seconds, note, goal=500)


async def webhook(size: Size) -> list[Figure]:
    """Measure the time from the POST until a unit's own system has it by webhook."""
    with Infrastructure() as infrastructure, Stack(infrastructure, environment=telling.environment()) as stack:
        stack.wait_ready()
        seconds = await telling.run_webhooks(stack, TOLD_PER_SECOND, size.visible_seconds)
    note = f"{TOLD_PER_SECOND} events/s for {size.visible_seconds:g} s to {telling.RECEIVERS} receivers, each signed"
    return _told("publish to webhook received", seconds, note, goal=1_000)


def _told(name: str, seconds: Sequence[float], note: str, goal: float) -> list[Figure]:
    p50, p99, most = (percentile(seconds, share) * 1_000 for share in (0.5, 0.99, 1.0))
    say(f"{name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {most:.0f} ms")
    return [
        figure(f"{name}: p50", "ms", [p50], better="lower", note=f"{note}; at most {most:.0f} ms"),
        figure(f"{name}: p99", "ms", [p99], goal=goal, better="lower"),
    ]


async def audit_verify(size: Size) -> list[Figure]:
    """Measure `dondoc audit verify` with exported heads, over the journal and its topic."""
    with Infrastructure() as infrastructure:
        events = await auditing.prepare(infrastructure, size.audited)
        heads = infrastructure.directory / "heads.json"
        runs = []
        for number in range(1, min(size.rounds, 3) + 1):
            runs.append(await auditing.run(infrastructure, events, heads))
            say(f"audit, round {number}: {runs[-1].events_per_second:,.0f} events/s, {runs[-1].mebibytes:,.0f} MiB")
    note = f"{events:,} events, {auditing.VERSIONS} versions a key; 60 s a million events is the limit"
    return [
        figure("audit verify", "events/s", [each.events_per_second for each in runs], goal=16_667, note=note),
        figure("audit verify: a million events", "s of CPU", [each.processor_seconds for each in runs], goal=60, better="lower"),
        figure("audit verify: most memory", "MiB", [each.mebibytes for each in runs], better="lower"),
    ]


async def junk_flood(size: Size) -> list[Figure]:
    """Measure how long facts wait for their verdicts while another publisher floods its topic with junk."""
    with Infrastructure() as infrastructure, Stack(infrastructure, services=["registrar", "forwarder"]) as stack:
        stack.wait_ready()
        delays = await flooding.run(stack, size.flood_seconds)
    median, most = percentile(delays.without, 0.5) * 1_000, percentile(delays.during, 1.0) * 1_000
    say(f"junk flood: p50 {median:.0f} ms without it, at most {most:.0f} ms during it")
    note = f"{delays.written:,} junk records written and {delays.refused:,} refused; without a flood p50 {median:.0f} ms"
    return [
        figure("junk flood: another's fact, p50", "ms", [percentile(delays.during, 0.5) * 1_000], better="lower", note=note),
        figure("junk flood: another's fact, longest", "ms", [most], goal=2_000, better="lower"),
    ]


async def mutations(size: Size) -> list[Figure]:
    """Send requests and messages with something wrong, from a seed: whatever comes of them, nothing may crash or stand still."""
    services = mutating.SERVICES
    with Infrastructure() as infrastructure, Stack(infrastructure, services=services, environment=mutating.ROOM) as stack:
        stack.wait_ready()
        report = await mutating.run(stack, size.mutations, MUTATIONS_SEED)
    told = ", ".join(f"{count:,} {answer}" for answer, count in report.answers.most_common())
    say(f"mutations: answers {told}; verdicts {report.outcomes}")
    note = (
        f"seed {report.seed}; over HTTP {sum(report.answers.values()):,}, {report.accepted:,} of them still right; the rest through Kafka"
    )
    return [figure("mutations without crash or standstill", "mutations", [report.sent], goal=size.mutations, note=note)]


async def timers(size: Size) -> list[Figure]:
    """Measure the timers of deadlines: all pass at once, as after a long stop."""
    with Infrastructure() as infrastructure:
        runs = []
        for number in range(1, size.rounds + 1):
            runs.append(await timing.run(infrastructure, size.directives, number))
            say(f"timers, round {number}: {runs[-1]:,.0f}/s")
    return [figure("timers of deadlines", "fired/s", runs, note="in one process, 500 a transaction")]


SECTIONS: Mapping[str, Section] = {
    "lane": lane, "hot": hot, "registrar": registrar, "catalogue": catalogue, "projection": projection, "rebuild": rebuild,
    "ingress": ingress,
    "visible": visible, "open_page": open_page, "webhook": webhook, "audit_verify": audit_verify, "junk_flood": junk_flood,
    "mutations": mutations, "timers": timers,
    "intake": intake.measure,
}  # fmt: skip
