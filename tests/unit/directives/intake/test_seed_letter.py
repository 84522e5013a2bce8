"""The letter that this began with comes to exactly what the facts of the field say of it."""

from tests.support.letters import HOME_AFFAIRS, OFFICE, SEED, proposal, register, town

TEXT = SEED.read_bytes().decode()
NOTHING = {"/document/fields/number": None, "/document/fields/issued_on": None, "/document/tasks/0/deadlines": None}
TASKS = [
    ("1.a", HOME_AFFAIRS, "plan", []),
    ("1.b.1", HOME_AFFAIRS, "plan", [("plan-submitted", "draft", "trước ngày 16/4/2021")]),
    ("1.b.2", HOME_AFFAIRS, "conference", [("conference-held", None, "trong tháng 4 năm 2021")]),
    ("2", OFFICE, "other", [("conference-scheduled", None, "trước ngày 30/4/2021")]),
    ("3", HOME_AFFAIRS, "report", [("report-submitted", None, "đúng thời gian quy định")]),
]


def test_its_head_is_read_and_what_the_draft_leaves_blank_is_asked() -> None:
    told = proposal(TEXT, match=town().match)
    fields = told.document["fields"]
    assert fields["issuer"]["value"] == "UBND thị xã Phước Long"
    assert (fields["symbol"]["value"], fields["document_type"]["value"], fields["place"]["value"]) == ("UBND-NC", "CV", "Phước Long")
    assert fields["subject"]["value"] == "xây dựng kế hoạch nâng cao chỉ số CCHC năm 2021"
    assert (fields["number"], fields["issued_on"]) == (None, None)
    assert [each["value"] for each in fields["addressees"]] == ["Phòng Nội vụ - LĐTB&XH", "Văn phòng Cấp uỷ - HĐND và UBND thị xã"]
    assert [(each["number"]["value"], each["issued_on"]["value"], each["issuer"]["value"]) for each in fields["based_on"]] == [
        ("834/QĐ-UBND", "2021-03-30", "UBND tỉnh")
    ]
    assert fields["signer"]["position"]["value"] == "Chủ tịch"
    assert [question.code for question in told.questions] == ["number-blank", "date-blank", "deadline-missing", "deadline-by-reference"]


def test_its_tasks_have_the_units_deliverables_and_deadlines_of_the_letter() -> None:
    events = proposal(TEXT, match=town().match).events[1:]
    told = [
        (
            data["number"],
            data["lead"],
            data["deliverable"],
            [(each["met_by"], each.get("plan_stage"), each["phrase"]) for each in data.get("deadlines", [])],
        )
        for data in (event["data"] for event in events)
    ]
    assert told == [(number, str(lead), deliverable, deadlines) for number, lead, deliverable, deadlines in TASKS]


def test_the_plan_must_say_for_each_area_criterion_and_component_what_the_letter_asks() -> None:
    (first, *others) = [event["data"] for event in proposal(TEXT).events[1:]]
    assert first["plan_requires"] == {
        "by": ["area", "criterion", "component"],
        "parts": ["shortcoming", "cause", "solution", "time", "responsible_head"],
    }
    assert not any("plan_requires" in data for data in others)


def test_its_facts_are_admitted_and_registered() -> None:
    told = proposal(TEXT, NOTHING, town().match)
    assert told.is_publishable
    register(told.events, town().units)


def test_without_a_registry_every_unit_is_asked_about_once() -> None:
    asked = [question.about for question in proposal(TEXT).questions if question.code == "unit-unknown"]
    assert asked == ["/document/fields/issuer", "/document/fields/addressees/0", "/document/fields/addressees/1"]
