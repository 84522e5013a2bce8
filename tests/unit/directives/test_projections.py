"""Facts into rows and words, without a database."""

import pytest

from services.directives.domain.warnings import Marks, evolve
from services.directives.domain.words import match_all, words_of
from services.directives.projections.reading import read
from services.directives.projections.rows import FACT_COLUMNS, Rows
from shared.envelope import event_of
from shared.errors import InvalidMessageError
from tests.support.april import (
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    FACTS,
    HOLD,
    ISSUED,
    PLAN,
    PLAN_TASK,
    Journal,
    approaching,
    deadline_set,
    draft,
    hanoi,
    met,
    missed,
)
from tests.support.records import FakeRecord, record


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Phước Long", "phuoc long"),
        ("ĐÔN ĐỐC", "don doc"),
        ("15/QĐ-UBND", "15 qd ubnd"),
        ("Kế hoạch \u2013 kế hoạch", "ke hoach"),
        ("phu\u031bo\u031b\u0301c", "phuoc"),
        ("…", ""),
    ],
)
def test_words_lose_case_and_diacritics(text: str, words: str) -> None:
    assert words_of((text, None)) == words


def test_a_question_asks_for_all_its_words_the_last_one_as_a_beginning() -> None:
    assert match_all("Phước Lo") == "'phuoc' & 'lo':*"


@pytest.mark.parametrize("question", [None, "", "  ", "'&|!:*()"])
def test_a_question_without_words_asks_for_nothing(question: str | None) -> None:
    assert match_all(question) is None


def test_a_fact_keeps_its_bytes_its_cause_and_its_hash() -> None:
    made = Journal().register(DIRECTIVE, ISSUED, hanoi(5))
    rows = Rows()
    rows.add(read(made))
    fact = dict(zip(FACT_COLUMNS, rows.facts[0], strict=True))
    headers = dict(made.headers)
    assert fact["value"] == made.value
    assert (fact["cause"], fact["hash"].hex()) == (headers["cause"].decode(), headers["hash"].decode())
    assert fact["received_at"] == hanoi(5)


def test_of_several_submissions_of_one_plan_the_last_one_counts() -> None:
    journal, rows = Journal(), Rows()
    rows.add(read(journal.register(PLAN, draft(), hanoi(15))))
    rows.add(read(journal.register(PLAN, draft("final"), hanoi(20))))
    assert len(rows.facts) == 2
    assert [row[4] for row in rows.plans.values()] == ["final"]
    assert len(rows.plan_items[PLAN]) == 1


def test_a_fact_that_the_registrar_never_saw_is_bad() -> None:
    raw = event_of(ISSUED, id="1", source="/s", subject=str(DIRECTIVE), key=str(DIRECTIVE))
    with pytest.raises(InvalidMessageError, match="not registered"):
        read(record(FACTS, 0, 0, raw))


def test_a_subject_that_is_no_uuid_is_bad() -> None:
    made = Journal().register(DIRECTIVE, ISSUED, hanoi(5))
    value = (made.value or b"").replace(str(DIRECTIVE).encode(), b"directive-1")
    with pytest.raises(InvalidMessageError, match="no UUID"):
        read(FakeRecord(FACTS, 0, 0, 0, made.key, value, made.headers))


def test_a_deadline_remembers_its_first_warning_and_how_it_was_met() -> None:
    marks = Marks()
    said = [
        deadline_set(CONFERENCE_TASK, HOLD),
        approaching(CONFERENCE_TASK, HOLD, hanoi(27, 0)),
        approaching(CONFERENCE_TASK, HOLD, hanoi(29, 0), left=1),
        missed(CONFERENCE_TASK, HOLD),
        met(CONFERENCE_TASK, HOLD, hanoi(4, month=5), on_time=False),
    ]
    for each in said:
        marks = evolve(marks, each)
    assert marks == Marks(hanoi(27, 0), hanoi(1, 0, month=5), hanoi(4, month=5), is_on_time=False, met_fact="fact")


def test_setting_a_deadline_anew_forgets_its_warnings() -> None:
    marks = evolve(Marks(), approaching(PLAN_TASK, DRAFT, hanoi(13, 0)))
    assert evolve(marks, deadline_set(PLAN_TASK, DRAFT)) == Marks()


def test_what_is_no_deadline_event_leaves_a_deadline_alone() -> None:
    assert evolve(Marks(soon_at=hanoi(13)), ISSUED) == Marks(soon_at=hanoi(13))
