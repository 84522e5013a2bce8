"""What the page shows of a proposal: every value with its label, its place in the text, what is asked of it, and how it is answered."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from services.directives.intake.answers import ADDED
from services.directives.intake.answers import FIELDS as FIELDS_AT
from services.directives.intake.answers import TASKS as TASKS_AT
from services.directives.intake.flow import Span
from services.directives.intake.marking import Piece, cut, leaves
from services.directives.intake.overlay import UnitOption
from services.directives.intake.questions import Question

Json = dict[str, Any]


class Option(msgspec.Struct, frozen=True):
    """An answer that may be chosen."""

    value: str
    label: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A value on the sheet; `name` is its JSON Pointer in the proposal, `start` where its first piece of the text begins."""

    name: str
    label: str
    kind: str
    shown: str
    raw: str
    start: int | None
    questions: tuple[Question, ...] = ()
    options: tuple[Option, ...] = ()
    units: tuple[UnitOption, ...] = ()
    is_answered: bool = False

    @property
    def id(self) -> str:
        """Return the name as an id of the page."""
        return id_of(self.name)

    @property
    def is_optional(self) -> bool:
        """Tell whether the unit may be left out."""
        return "/coordinating/" in self.name or "/addressees/" in self.name


class DeadlineItem(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline of a task: its phrase, what meets it, and the query that previews it."""

    phrase: Item
    name: str
    met_by: str
    query: str


class TaskItem(msgspec.Struct, frozen=True, kw_only=True):
    """A task of the sheet."""

    name: str
    number: str
    items: tuple[Item, ...]
    deadlines: tuple[DeadlineItem, ...]
    timing: Item
    required: str

    @property
    def id(self) -> str:
        """Return the name as an id of the page."""
        return id_of(self.name)

    @property
    def is_added(self) -> bool:
        """Tell whether an operator added it."""
        return self.name.startswith(f"{ADDED}/")

    @property
    def codes(self) -> list[str]:
        """Return the codes of the units that would be told."""
        return [unit.code for item in self.items for unit in item.units]

    @property
    def is_asking(self) -> bool:
        """Tell whether something of it is asked."""
        return any(item.questions for item in (*self.items, self.timing, *(each.phrase for each in self.deadlines)))


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The whole sheet: the text in pieces, the document's values, its tasks, and the questions that belong to none of them."""

    pieces: list[Piece]
    fields: tuple[Item, ...]
    tasks: tuple[TaskItem, ...]
    others: tuple[Question, ...]
    asked: int


FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "document_type": ("Loại văn bản", "choice"),
    "issuer": ("Cơ quan ban hành", "unit"),
    "number": ("Số", "number"),
    "symbol": ("Ký hiệu", "text"),
    "issued_on": ("Ngày ban hành", "day"),
    "place": ("Địa danh", "text"),
    "subject": ("Trích yếu", "long"),
    "addressees": ("Kính gửi", "unit"),
    "based_on": ("Căn cứ", "plain"),
    "signer": ("Người ký", "plain"),
    "recipients": ("Nơi nhận", "plain"),
    "urgency": ("Độ khẩn", "choice"),
    "security": ("Độ mật", "choice"),
}
"""The document's values in the order of the sheet: label, and how each is answered."""

TASK: Final[Mapping[str, tuple[str, str]]] = {
    "content": ("Nội dung", "long"),
    "lead": ("Chủ trì", "unit"),
    "coordinating": ("Phối hợp", "unit"),
    "deliverable": ("Sản phẩm", "choice"),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "document_type": {
        "CV": "Công văn", "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QyĐ": "Quy định", "TC": "Thông cáo",
        "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án",
        "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình", "HĐ": "Hợp đồng", "CĐ": "Công điện", "BGN": "Bản ghi nhớ",
        "BTT": "Bản thỏa thuận", "GUQ": "Giấy ủy quyền", "GM": "Giấy mời", "GGT": "Giấy giới thiệu", "GNP": "Giấy nghỉ phép",
        "PG": "Phiếu gửi", "PC": "Phiếu chuyển", "PB": "Phiếu báo", "TT": "Thư công",
    },
    "urgency": {"normal": "Thường", "khan": "Khẩn", "thuong-khan": "Thượng khẩn", "hoa-toc": "Hỏa tốc"},
    "security": {"none": "Không", "mat": "Mật", "toi-mat": "Tối mật", "tuyet-mat": "Tuyệt mật"},
    "deliverable": {"plan": "Kế hoạch", "conference": "Hội nghị", "report": "Báo cáo", "opinion": "Ý kiến", "other": "Việc khác"},
    "met_by": {
        "plan-submitted": "trình kế hoạch", "conference-scheduled": "xếp lịch hội nghị", "conference-held": "tổ chức hội nghị",
        "report-submitted": "gửi báo cáo", "task-completed": "hoàn thành nhiệm vụ",
    },
    "plan_stage": {"draft": "bản dự thảo", "final": "bản chính thức"},
    "by": {"area": "lĩnh vực", "criterion": "tiêu chí", "component": "tiêu chí thành phần"},
    "parts": {
        "shortcoming": "hạn chế, yếu kém", "cause": "nguyên nhân", "solution": "giải pháp", "time": "thời gian thực hiện",
        "responsible_head": "trách nhiệm người đứng đầu",
    },
}  # fmt: skip
"""What codes are called, in the words of NĐ 30/2020 and of the glossary."""


Found = tuple[Any, Span | None]
"""A value and where it was read."""


class Layout:
    """Lays a letter out as it will be published: its fields, and its tasks by their names.

    `units` says which registered ones are meant, by their names on the sheet; `answered` has the names of what people have answered.
    """

    def __init__(
        self, fields: Json, tasks: Mapping[str, Json], questions: Sequence[Question], units: Mapping[str, Sequence[UnitOption]],
        answered: Collection[str],
    ) -> None:  # fmt: skip
        self._tasks = tasks
        self._answered = answered
        parts = [leaves(fields, FIELDS_AT), *(leaves(task, name) for name, task in tasks.items())]
        self._found: dict[str, Found] = {name: (value, span) for part in parts for name, value, span in part}
        self._questions = questions
        self._units = units
        self._asked: dict[str, list[Question]] = {}
        for question in questions:
            self._asked.setdefault(self._place_of(question.about), []).append(question)

    def sheet(self, text: str) -> Sheet:
        """Return the whole sheet over the letter's text."""
        fields = tuple(item for part, (label, kind) in FIELDS.items() for item in self._items(f"{FIELDS_AT}/{part}", label, kind))
        tasks = tuple(self._task(name) for name in self._tasks)
        return Sheet(
            pieces=self._pieces(text), fields=fields, tasks=tasks, others=tuple(self._asked.get("", ())), asked=len(self._questions)
        )

    def _pieces(self, text: str) -> list[Piece]:
        """Return the text in pieces, each with the values of the sheet that it belongs to."""
        places = {name: self._shown_at(name) for name in self._found}
        spans = {name: span for name, (_, span) in self._found.items() if span is not None and places[name]}
        return [piece._replace(names=tuple(dict.fromkeys(places[name] for name in piece.names))) for piece in cut(text, spans)]

    def _shown_at(self, name: str) -> str:
        """Return the name of the item that shows a value, "" where none does."""
        if name.startswith(f"{FIELDS_AT}/"):
            field = name.split("/")[3]
            return "" if field not in FIELDS else f"{FIELDS_AT}/{field}" if FIELDS[field][1] == "plain" else name
        part = name.removeprefix(f"{ADDED}/").removeprefix(f"{TASKS_AT}/").split("/")[1:]
        return name if part[0] in TASK or part[-1] == "phrase" else ""

    def _place_of(self, about: str) -> str:
        """Return where on the sheet something is asked; "" where it is about nothing that the sheet shows."""
        head, _, last = about.rpartition("/")
        is_shown = about in self._found or (head == FIELDS_AT and last in FIELDS) or (head in self._tasks and last in (*TASK, "deadlines"))
        return about if is_shown else ""

    def _items(self, at: str, label: str, kind: str) -> Iterator[Item]:
        """Yield the value at a place, or those of a list there; of a place without a value what is asked of it."""
        names = [name for name in self._found if name == at or name.startswith(f"{at}/")]
        if kind == "plain":
            if names:
                yield self._joined(at, label, names)
            return
        yield from (self._item(name, label, kind) for name in names)
        is_open = at in self._asked or at in self._answered or bool(self._units.get(at))
        if at not in names and (is_open or (not names and kind != "unit")):
            yield self._item(at, label, "units" if at.endswith("/lead") else kind)

    def _item(self, name: str, label: str, kind: str) -> Item:
        value, span = self._found.get(name, (None, None))
        if kind == "day" and value is not None:
            value = date.fromisoformat(value)
        words = WORDS.get(name.rpartition("/")[2], {}) if kind == "choice" else {}
        return Item(
            name=name,
            label=label,
            kind=kind,
            shown=words.get(str(value), say(value)),
            raw=say(value),
            start=None if span is None else span[0],
            questions=tuple(self._asked.get(name, ())),
            options=tuple(Option(*each) for each in words.items()),
            units=tuple(self._units.get(name, ())),
            is_answered=name in self._answered,
        )

    def _joined(self, at: str, label: str, names: Sequence[str]) -> Item:
        """Return a list or an object as one line, since nobody changes it here."""
        titles = [name for name in names if name.endswith("/title")]
        groups: dict[str, list[str]] = {}
        for name in titles or names:
            first = name.removeprefix(at).lstrip("/").partition("/")[0]
            groups.setdefault(first if first.isdecimal() else "", []).append(say(self._found[name][0]))
        shown = "; ".join(", ".join(filter(None, parts)) for parts in groups.values())
        starts = [span[0] for name in names if (span := self._found[name][1]) is not None]
        return Item(name=at, label=label, kind="plain", shown=shown, raw=shown, start=min(starts, default=None))

    def _task(self, at: str) -> TaskItem:
        items = tuple(item for part, (label, kind) in TASK.items() for item in self._items(f"{at}/{part}", label, kind))
        phrases = [f"{at}/deadlines/{number}" for number in range(len(self._tasks[at]["deadlines"]))]
        required, _ = self._found.get(f"{at}/required", (None, None))
        return TaskItem(
            name=at,
            number=say(self._found[f"{at}/number"][0]),
            items=items,
            deadlines=tuple(self._deadline(each) for each in phrases if self._found[f"{each}/phrase"][0] is not None),
            timing=self._item(f"{at}/deadlines", "Thời hạn", "phrases"),
            required=_requirement(required),
        )

    def _deadline(self, at: str) -> DeadlineItem:
        met_by, stage, name = (self._found.get(f"{at}/{part}", (None, None))[0] for part in ("met_by", "plan_stage", "name"))
        phrase = self._item(f"{at}/phrase", "Thời hạn", "phrase")
        issued_on, _ = self._found.get(f"{FIELDS_AT}/issued_on", (None, None))
        query = {"phrase": phrase.raw, **({"issued_on": issued_on} if issued_on else {})}
        words = (WORDS["met_by"].get(str(met_by), str(met_by)), WORDS["plan_stage"].get(str(stage), ""))
        return DeadlineItem(phrase=phrase, name=say(name), met_by=", ".join(filter(None, words)), query=urlencode(query))


def id_of(name: str) -> str:
    """Return a value's name as an id of the page."""
    return "v" + name.replace("/", "-")


def kind_of(name: str) -> str:
    """Return what kind of value a name is of, for its colour in the text: unit, phrase, content or other."""
    parts = name.split("/")
    if any(part in ("issuer", "addressees", "lead", "coordinating") for part in parts):
        return "unit"
    return parts[-1] if parts[-1] in ("phrase", "content") else "other"


def _requirement(required: Any) -> str:  # noqa: ANN401  any JSON
    if not required:
        return ""
    by = ", ".join(WORDS["by"].get(each, each) for each in required["by"])
    parts = ", ".join(WORDS["parts"].get(each, each) for each in required["parts"])
    return f"theo từng {by}; mỗi mục nêu rõ {parts}"


def say(value: Any) -> str:  # noqa: ANN401  any JSON
    """Return a value for people; days as d/m/yyyy."""
    if isinstance(value, date):
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, list | tuple):
        return "; ".join(say(each) for each in value)
    return "" if value is None else str(value)
