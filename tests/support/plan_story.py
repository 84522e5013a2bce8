"""A plan that has to go through an index: handed in without some of it, returned, handed in again; as registered facts."""

from uuid import UUID, uuid5

from msgspec.structs import replace

from shared.contracts.directives import DirectiveIssued, PlanRequirement, TaskAssigned
from shared.contracts.indexes import IndexPublished, PartScore, UnitScore
from shared.contracts.work import PlanItem, PlanReturned, PlanSubmitted
from tests.support.april import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, ISSUED, PLAN, PLAN_TASK, TASKS, Journal, deadline_set, hanoi, named

INDEX = named("index of 2020")
STEERING, PROCEDURES, FINANCE = "Công tác chỉ đạo, điều hành", "Cải cách thủ tục hành chính", "Cải cách tài chính công"
CRITERION, COMPONENT = "Thực hiện cơ chế một cửa", "Tỷ lệ hồ sơ trả đúng hẹn"
PARTS = (
    PartScore(area=STEERING, maximum=10, self_score=9, appraised_score=6.5),
    PartScore(area=PROCEDURES, criterion=CRITERION, component=COMPONENT, maximum=4, self_score=4, appraised_score=2),
    PartScore(area=PROCEDURES, criterion=CRITERION, component="Công khai thủ tục", maximum=2, self_score=2, appraised_score=1.5),
    PartScore(area=FINANCE, maximum=7, self_score=7, appraised_score=5),
)
PUBLISHED = IndexPublished(
    key="cchc-2020", published_by=COMMITTEE, title="Chỉ số cải cách hành chính năm 2020", year=2020, criteria_set="Bộ tiêu chí 2020",
    scores=(UnitScore(unit=COMMITTEE, rank=11, appraised_score=61.2, parts=PARTS),),
)  # fmt: skip
REQUIRES = PlanRequirement(
    by=("area", "criterion", "component"), parts=("shortcoming", "cause", "solution", "time", "responsible_head"), index=INDEX
)
DEMANDING: TaskAssigned = replace(TASKS[PLAN_TASK], plan_requires=REQUIRES)

WHOLE = PlanItem(
    area=STEERING, shortcoming="Kế hoạch ban hành chậm 20 ngày", cause="Chưa phân công đầu mối soạn thảo", solution="Giao việc theo tuần",
    time="Quý II/2021", responsible_head="Trưởng phòng Nội vụ",
)  # fmt: skip
LACKING = PlanItem(
    area=PROCEDURES, criterion=CRITERION, component=COMPONENT, shortcoming="4% hồ sơ đất đai trễ hẹn", solution="Liên thông điện tử",
    time="Quý III/2021", responsible_head="Chánh Văn phòng",
)  # fmt: skip
MENDED = replace(LACKING, cause="Chuyển hồ sơ giấy giữa ba phòng", solution="Liên thông điện tử từ tháng 6")
OPEN_LISTS = replace(WHOLE, area=PROCEDURES, criterion=CRITERION, component="Công khai thủ tục")
BUDGET = replace(WHOLE, area=FINANCE, responsible_head="Trưởng phòng Tài chính - Kế hoạch")
FIRST = PlanSubmitted(
    task=PLAN_TASK, submitted_by=HOME_AFFAIRS, stage="final", title="Kế hoạch nâng cao Chỉ số năm 2021", items=(WHOLE, LACKING)
)
RETURNED = PlanReturned(reasons="Chưa nêu nguyên nhân ở thủ tục hành chính; thiếu tài chính công.", items=(PROCEDURES, FINANCE))
SECOND = replace(FIRST, items=(WHOLE, MENDED, OPEN_LISTS, BUDGET))


def hand_in(journal: Journal) -> None:
    """Hand the plan in as it is at first."""
    journal.register(PLAN, FIRST, hanoi(13))


def mend(journal: Journal) -> None:
    """Return the plan, and hand it in again as it has to be."""
    journal.register(PLAN, RETURNED, hanoi(14))
    journal.register(PLAN, SECOND, hanoi(19))


def issue(journal: Journal, first: TaskAssigned = DEMANDING) -> None:
    """Publish the index, issue the letter and give its tasks, the first of which demands a plan by the index; set their deadlines."""
    journal.register(INDEX, PUBLISHED, hanoi(2), key=INDEX)
    journal.register(DIRECTIVE, ISSUED, hanoi(5))
    for task, data in {**TASKS, PLAN_TASK: first}.items():
        journal.register(task, data, hanoi(5))
        for clause in data.deadlines:
            journal.say(deadline_set(task, clause), hanoi(5))


def letter(key: str) -> tuple[UUID, DirectiveIssued]:
    """Return one more letter of the committee, with its id."""
    return uuid5(COMMITTEE, key), replace(ISSUED, key=key, number=None, subject=f"Đôn đốc thực hiện nhiệm vụ: {key}")
