"""The seed of `make chaos` decides the faults and the facts."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from deploy.chaos.evidence import instant
from deploy.chaos.lives import BEGIN
from deploy.chaos.schedule import DISK, PROCESSES, TARGETS, WEIGHTS, in_bursts, plan_faults
from deploy.chaos.workload import END, SPAN, make_workload
from deploy.local.compose import COMPOSE, read_services
from shared.contracts.directives import TaskAssigned
from shared.contracts.work import ReportSubmitted
from shared.envelope import decode


def test_the_same_seed_makes_the_same_schedule() -> None:
    assert plan_faults(7, 20, 20_000) == plan_faults(7, 20, 20_000)
    assert plan_faults(7, 20, 20_000) != plan_faults(8, 20, 20_000)


def test_each_kind_comes_in_each_round_and_each_target_of_a_kind_in_turn() -> None:
    round_ = len(TARGETS) + sum(weight - 1 for weight in WEIGHTS.values())
    faults = plan_faults(7, 11 * round_, 200_000)
    assert {fault.kind for fault in faults[:round_]} == TARGETS.keys()
    by_kind = Counter(fault.kind for fault in faults)
    assert by_kind == {kind: 11 * WEIGHTS.get(kind, 1) for kind in TARGETS}
    assert Counter(fault.target for fault in faults if fault.kind == "kill") == dict.fromkeys(TARGETS["kill"], 4)


def test_every_process_of_ours_is_killed_and_paused() -> None:
    variables = {"POSTGRES_PASSWORD": "x", "DONDOC_KAFKA_PASSWORD": "x"}
    ours = {service.name for service in read_services(COMPOSE, variables).values() if not service.is_one_shot}
    assert ours == set(PROCESSES)


def test_a_kind_that_cannot_be_done_here_is_left_out() -> None:
    faults = plan_faults(7, 50, 20_000, [DISK])
    assert len(faults) == 50
    assert DISK not in {fault.kind for fault in faults}


@pytest.mark.parametrize("seed", range(20))
def test_bursts_come_one_after_another_while_facts_flow(seed: int) -> None:
    faults = plan_faults(seed, 20, 20_000)
    moments = [burst[0].after for burst in in_bursts(faults)]
    assert [fault.number for burst in in_bursts(faults) for fault in burst] == list(range(1, 21))
    assert moments == sorted(set(moments))
    assert moments[0] > 0
    assert moments[-1] < 19_700


def test_some_faults_overlap_but_never_on_one_target_nor_on_two_brokers() -> None:
    bursts = [burst for seed in range(30) for burst in in_bursts(plan_faults(seed, 60, 60_000)) if len(burst) > 1]
    assert 0.1 < sum(map(len, bursts)) / (30 * 60) < 0.6
    for burst in bursts:
        assert len({fault.target for fault in burst}) == len(burst)
        assert sum(fault.concerns_broker for fault in burst) <= 1
        assert [fault.delay for fault in burst] == sorted(fault.delay for fault in burst)


def test_the_same_seed_makes_the_same_facts() -> None:
    assert make_workload(7, 300, 3) == make_workload(7, 300, 3)
    assert make_workload(7, 300, 3).scripts != make_workload(8, 300, 3).scripts


def test_a_run_has_as_many_facts_as_it_is_asked_for() -> None:
    workload = make_workload(1, 1001, 4)
    assert workload.facts == 1001
    assert [len(script) for script in workload.scripts] == [251, 250, 250, 250]


def test_a_key_belongs_to_one_publisher_and_its_facts_are_numbered_in_order() -> None:
    keys: dict[str, set[int]] = defaultdict(set)
    numbers: dict[str, list[int]] = defaultdict(list)
    for publisher, script in enumerate(make_workload(1, 800, 4).scripts):
        for submission in script:
            keys[submission.key].add(publisher)
            numbers[submission.key].append(submission.sequence)
    assert {len(publishers) for publishers in keys.values()} == {1}
    assert all(sequence == list(range(1, len(sequence) + 1)) for sequence in numbers.values())


def test_facts_of_every_kind_are_sent_and_a_few_are_to_be_refused() -> None:
    submissions = [each for script in make_workload(1, 2_000, 4).scripts for each in script]
    kinds = Counter(decode(each.body).type.split(".")[2] for each in submissions)
    assert min(kinds.values()) > 50
    assert kinds.keys() == {
        "directive-issued", "task-assigned", "plan-submitted", "conference-scheduled", "conference-held", "report-submitted",
    }  # fmt: skip
    refused = [each for each in submissions if each.expected == "refused"]
    assert 10 < len(refused) < 100
    assert len({each.fact for each in submissions}) < len(submissions), "some say something else under an id that was used"


def test_every_deadline_is_known_and_passes_before_the_clock_ends() -> None:
    workload = make_workload(1, 2_000, 4)
    facts = [decode(each.body) for script in workload.scripts for each in script]
    clauses = [(fact.subject, clause.name) for fact in facts if isinstance(fact.data, TaskAssigned) for clause in fact.data.deadlines]
    assert set(clauses) <= workload.dues.keys()
    dues = [workload.dues[clause] for clause in clauses]
    assert None in dues
    assert all(BEGIN < due < END for due in dues if due is not None)
    assert sum(due is not None and due < BEGIN + SPAN for due in dues) > len(dues) / 2


def test_the_office_begins_and_ends_its_month_where_no_unknown_day_off_lies() -> None:
    assert instant("2021-04-01T08:00:00+07:00") == BEGIN
    assert BEGIN + SPAN + timedelta(days=9) < instant("2021-05-09T00:00:00+07:00")


@pytest.mark.parametrize("facts", [900, 901, 950])
def test_a_report_whose_task_is_cut_off_with_the_end_of_the_facts_waits_in_vain(facts: int) -> None:
    submissions = [each for script in make_workload(4, facts, 8).scripts for each in script]
    decoded = [(each, decode(each.body)) for each in submissions]
    assigned = {str(event.subject) for _, event in decoded if isinstance(event.data, TaskAssigned)}
    released = [str(event.data.task) for each, event in decoded if each.expected == "released" and isinstance(event.data, ReportSubmitted)]
    assert len(released) > 5
    assert set(released) <= assigned
