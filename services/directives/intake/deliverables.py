"""What a task must bring, what meets its deadlines, what they are called, and what a plan has to say."""

import re
from typing import Final, cast

from services.directives.intake.findings import Deadline, Found, Required, quoted
from services.directives.intake.flow import Flow
from services.directives.intake.phrases import Phrase, is_by_reference
from shared.contracts.directives import MetBy, PlanLevel, PlanPart
from shared.contracts.types import Deliverable, PlanStage

_NAMED: Final = (
    ("other", r"(?:sắp xếp|bố trí|xếp)\s(?:\w+\s){0,2}(?:lịch|thời gian|hội trường)[^,;.]{0,60}"),
    (
        "plan",
        (
            r"(?:xây dựng|lập|ban hành|tham mưu|hoàn thiện|hoàn chỉnh|soạn thảo|dự thảo|gửi|trình|cụ thể hóa|có|phê duyệt|đề ra|thành|"
            r"nộp|điều chỉnh|bổ sung)\s(?:[^,;.:]{0,60}?\s)?(?<!theo )(?<!thực hiện )(?<!và )kế hoạch(?!\s(?:vốn|số|này|đề ra|"
            r"được giao|và đầu tư|đầu tư và|tài chính))"
        ),
    ),
    (
        "conference",
        (
            r"(?:tổ chức|chủ trì tổ chức|chủ trì|mở|triệu tập|chuẩn bị)\s(?:(?:các|buổi|cuộc|họp|thành công|\d+)\s){0,3}"
            r"(?:hội nghị|hội thảo|cuộc họp|họp(?!\sdân|\sthôn|\stổ)|tọa đàm|phiên họp)"
        ),
    ),
    (
        "opinion",
        (
            r"(?:tham gia|góp|đóng góp|cho|có)\s(?:\w+\s){0,2}ý(?:\skiến)?(?!\schỉ đạo)[^;.]{0,60}?(?:dự thảo|dự án|văn bản|nội dung)|"
            r"góp ý[^;.]{0,60}dự thảo|ý kiến (?:tham gia|góp ý|đóng góp)"
        ),
    ),
    (
        "report",
        (r"(?:^|(?<=[\s,(]))(?:tổng hợp\s|và\s|gửi\s|có\s|kịp thời\s|nộp\s|xây dựng\s|hoàn chỉnh\s|hoàn thiện\s|lập\s|định kỳ\s)?"
        r"báo cáo(?!\s(?:viên|tài chính|kinh tế|tự|bổ sung|cấp có thẩm quyền|đánh giá tác động|nghiên cứu khả thi))"
        r"|hoàn chỉnh báo cáo|(?:lập|xây dựng|hoàn thiện|hoàn chỉnh|gửi)\s(?:\w+\s){0,3}báo cáo"),
    ),
    (
        "other",
        (
            r"(?:nộp|gửi|trình|cung cấp|lập|hoàn thiện|hoàn chỉnh|xây dựng|tham mưu|đề xuất|trả lời|bàn giao|phê duyệt|ban hành|"
            r"công bố|thẩm định)\s(?:[^,;.:]{0,40}?\s)?(?:hồ sơ|danh sách|danh mục|đề án|phương án|biên bản|dự thảo (?:nghị|quyết|văn|"
            r"thông|quy)|nghị quyết|quyết định|văn bản|bản đồ|dự toán|đề cương|số liệu|quy chế|quy trình|quy hoạch|tờ trình|phiếu|"
            r"kết quả kiểm nghiệm)(?!\w)"
        ),
    ),
)  # fmt: skip
_MENTIONS: Final = tuple((cast("Deliverable", name), re.compile(rf"(?<!\w){pattern}")) for name, pattern in _NAMED)
_WITHOUT_OBJECT: Final = re.compile(r"(?:hoàn thành|xong|hoàn tất)\s*,?\s*$")
_PLAN_OF: Final = re.compile(r"kế hoạch\s(?P<held>(?:tổ chức\s)?(?:hội nghị|hội thảo|lễ|tọa đàm))")
_ON_CALENDAR: Final = re.compile(r"(?:sắp xếp|bố trí|xếp|lên|đưa vào)\s(?:\w+\s){0,2}lịch[^,;.]{0,30}?(?:hội nghị|hội thảo|cuộc họp|họp)")
_DRAFT: Final = re.compile(r"dự thảo(?:\s\w+){0,2}?\skế hoạch|kế hoạch\s\(?dự thảo|gửi dự thảo|trình dự thảo")

_MET: Final[dict[Deliverable, MetBy]] = {
    "plan": "plan-submitted",
    "conference": "conference-held",
    "report": "report-submitted",
    "opinion": "task-completed",
    "other": "task-completed",
}
_NAMES: Final[dict[str, str]] = {
    "plan-submitted/draft": "Trình dự thảo kế hoạch",
    "plan-submitted/final": "Trình kế hoạch",
    "conference-held": "Tổ chức hội nghị",
    "conference-scheduled": "Xếp lịch hội nghị",
    "report-submitted": "Nộp báo cáo",
    "opinion": "Gửi ý kiến",
    "task-completed": "Hoàn thành nhiệm vụ",
}

_LEVELS: Final[tuple[tuple[PlanLevel, str], ...]] = (
    ("area", r"(?<!\w)lĩnh vực"),
    ("criterion", r"(?<!\w)tiêu chí(?!\sthành phần)"),
    ("component", r"tiêu chí thành phần"),
)
_PARTS: Final[tuple[tuple[PlanPart, str], ...]] = (
    ("shortcoming", r"tồn tại|hạn chế|yếu kém|khuyết điểm|kết quả đạt thấp"),
    ("cause", r"nguyên nhân"),
    ("solution", r"giải pháp|biện pháp khắc phục"),
    ("time", r"thời gian|thời hạn|tiến độ|lộ trình"),
    ("responsible_head", r"trách nhiệm của (?:thủ trưởng|người đứng đầu|lãnh đạo)|người (?:đứng đầu )?chịu trách nhiệm"),
)
_FEWEST_PARTS: Final = 2
_SHORT_OPENING: Final = 60


def deliverable_of(flow: Flow, phrases: tuple[Phrase, ...] = ()) -> Found[Deliverable]:
    """Return what is to be brought: what the first deadline is for, the last thing named before it, else the first that is named."""
    found = _mentions(flow)
    before = [each for each in found if phrases and each[1] < phrases[0].start]
    is_for_another = bool(phrases) and not before and phrases[0].start > _SHORT_OPENING
    chosen = None if is_for_another else before[-1] if before else found[0] if found else None
    return Found(chosen[0], flow.span(chosen[1], chosen[2])) if chosen else Found("other")


def _mentions(flow: Flow) -> list[tuple[Deliverable, int, int]]:
    """Return what is named, in order; what stands inside a longer wording that began before it is none of its own."""
    every = [(name, match.start(), match.end()) for name, pattern in _MENTIONS for match in pattern.finditer(flow.low)]
    kept: list[tuple[Deliverable, int, int]] = []
    for mention in sorted(every, key=lambda each: (each[1], -each[2])):
        if not kept or mention[1] >= kept[-1][2]:
            kept.append(mention)
    return kept


def of_product(cell: Flow, content: Flow) -> Found[Deliverable]:
    """Return what a row of a table must bring: what its cell of products begins with, else what its content says."""
    for word, name in (("báo cáo", "report"), ("kế hoạch", "plan"), ("hội nghị", "conference"), ("hội thảo", "conference")):
        if cell.low.startswith(word):
            return Found(cast("Deliverable", name), cell.span(0, len(word)))
    found = deliverable_of(content)
    return found if not cell.text or found.value == "conference" else Found("other")


def plan_of_conference(flow: Flow, phrases: tuple[Phrase, ...]) -> tuple[int, Phrase] | None:
    """Return where a conference is named and its own time, where a sentence asks for its plan by another time too."""
    match = _PLAN_OF.search(flow.low)
    if match is None or len(phrases) < 2 or not match.end() < phrases[0].start:  # noqa: PLR2004
        return None
    return match.start("held"), phrases[0]


def deadline_of(flow: Flow, phrase: Phrase, deliverable: Deliverable) -> Deadline:
    """Return a deadline of a task that has to bring this."""
    met_by = _met_by(flow, deliverable)
    stage = plan_stage_of(flow.part(0, phrase.start)) if met_by == "plan-submitted" else None
    words = quoted(flow, phrase.start, phrase.end)
    return Deadline(
        name=Found(name_of(met_by, stage.value if stage else None, deliverable), words.span),
        met_by=Found(met_by, words.span),
        phrase=words,
        plan_stage=stage,
        is_reference=phrase.is_reference or is_by_reference(words.value),
    )


def _met_by(flow: Flow, deliverable: Deliverable) -> MetBy:
    if deliverable == "other" and _ON_CALENDAR.search(flow.low):
        return "conference-scheduled"
    return _MET[deliverable]


def met_by_of(flow: Flow, deliverable: Deliverable) -> MetBy:
    """Return the event that meets a deadline of a task with these words."""
    return _met_by(flow, deliverable)


def plan_stage_of(flow: Flow) -> Found[PlanStage]:
    """Return whether a draft is asked for; a plan without further words is the final one."""
    match = _DRAFT.search(flow.low)
    return Found("draft", flow.span(*match.span())) if match else Found("final")


def name_of(met_by: MetBy, stage: PlanStage | None, deliverable: Deliverable) -> str:
    """Return what a deadline is called."""
    if met_by == "plan-submitted":
        return _NAMES[f"plan-submitted/{stage or 'final'}"]
    return _NAMES["opinion"] if deliverable == "opinion" else _NAMES[met_by]


def required_of(flow: Flow) -> Found[Required] | None:
    """Return what each line of a plan must say, where a letter goes through areas, criteria or components and names parts."""
    levels = [(name, match) for name, words in _LEVELS if (match := re.search(words, flow.low))]
    parts = [(name, match) for name, words in _PARTS if (match := re.search(words, flow.low))]
    if not levels or len(parts) < _FEWEST_PARTS:
        return None
    places = [match for _, match in (*levels, *parts)]
    span = flow.span(min(match.start() for match in places), max(match.end() for match in places))
    return Found(Required(by=tuple(name for name, _ in levels), parts=tuple(name for name, _ in parts)), span)
