"""The tasks of a letter's body: a walk through the outline that keeps what headings and openings say of those below them."""

import dataclasses
import re
from collections.abc import Sequence

from msgspec.structs import replace

from services.directives.intake.clauses import SIDE_BY_SIDE, clauses_of
from services.directives.intake.coordinating import Lead, coordinating_in, named
from services.directives.intake.deliverables import deadline_of
from services.directives.intake.duties import OWN_PEOPLE, Given, duty_of, given_in, is_topic, uniquely_named, whole_item
from services.directives.intake.findings import Deadline, Duty, Found, Head
from services.directives.intake.flow import Flow, fold
from services.directives.intake.headings import in_capitals, known_names
from services.directives.intake.labels import Labels, apart, duty_with
from services.directives.intake.lines import Line, spaced
from services.directives.intake.openings import (
    ASKS,
    DECIDED,
    GIVES,
    LEAD_IN,
    NO_TASKS,
    REPORT_OF_ALL,
    TIMED,
    is_bare_title,
    is_no_order,
    is_of_decision,
    verb_after_time,
)
from services.directives.intake.outline import Item, ancestors, next_label, outline
from services.directives.intake.phrases import Phrase, find
from services.directives.intake.tables import columns_of, duties_of, whole_rows
from services.directives.intake.units import Reader, is_collective
from services.directives.intake.word_patterns import begins_with_verb

_HANDED_ON = re.compile(rf"(?:giao|phân công|cử)\s(?:cho\s)?{OWN_PEOPLE.pattern}")
"""What those in a heading have to give to people of their own."""


class Walk:
    """Goes through the outline of one letter, once."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._addressees: Lead = head.addressees
        self._reader = Reader()
        self._items: list[Item] = []
        self._labels: dict[int, Labels] = {}
        self._leads: dict[int, Lead] = {}
        self._with: dict[int, Lead] = {}
        self._opening: Lead | None = None
        self._is_open = False
        self._tasks: list[Duty] = []
        self._of_item: dict[int, list[int]] = {}
        self._outer: tuple[str, str] | None = None

    def read(self, body: Sequence[Line]) -> list[Duty]:
        """Return the tasks of the body's paragraphs."""
        self._items, self._labels = apart(outline(list(whole_rows(body))))
        self._reader = Reader(known_names(self._head, self._items), self._head.issuer.value if self._head.issuer else "")
        for index, item in enumerate(self._items):
            if item.rows:
                self._table(item)
            elif item.kind == "none":
                self._paragraph(index, item)
            else:
                self._marked(index, item)
        return self._tasks

    def _table(self, item: Item) -> None:
        if any(columns_of(row) for row in item.rows):
            self._tasks += duties_of(self._reader, item.rows, item.labels)
            self._note_outer(item)
        else:
            for row in (row for row in item.rows if "|" not in row.flow.text):
                self._paragraph(self._items.index(item), Item("none", item.labels, spaced(row.flow), item.parent))

    def _note_outer(self, item: Item) -> None:
        root = item
        for above in ancestors(item):
            root = above
        if root.labels and root.kind not in {"none", "table"}:
            self._outer = (root.labels[-1], root.kind)

    def _marked(self, index: int, item: Item) -> None:
        self._note_outer(item)
        if id(item) in self._labels:
            self._of_item.setdefault(id(item), []).append(len(self._tasks))
            self._tasks.append(duty_with(self._reader, item, self._labels[id(item)]))
            return
        has_below = self._has_below(index, item)
        heading = self._heading(item, has_below=has_below)
        if heading is not None:
            self._leads[id(item)] = heading
            self._with[id(item)] = coordinating_in(self._reader, item.flow, heading)
            return
        if has_below and is_bare_title(item):
            self._note_others(item)
            return
        if is_no_order(item):
            return
        self._take(item, self._inherited(item), has_below=has_below)

    def _note_others(self, item: Item) -> None:
        """Note with whom all below an item has to be done: "a) Chủ trì, phối hợp với Sở B:"."""
        behind = self._behind(item.flow)
        if behind is not None:
            self._leads[id(item)] = behind
            return
        joint = SIDE_BY_SIDE.match(item.flow.low)
        lead = self._inherited(item)
        units = self._reader.read(item.flow, joint.end()) if joint and lead else None
        if lead and units and not item.flow.low[units.end :].strip(" :.;,"):
            self._leads[id(item)] = lead
            self._with[id(item)] = named(item.flow, units)

    def _behind(self, flow: Flow) -> Lead | None:
        """Return the units behind a title that all below it is given to: "2. Tuyên truyền (Phòng A)"."""
        opened = re.search(r"\s\((?:giao |do )?(?=\w)", flow.low)
        units = self._reader.read(flow, opened.end()) if opened and self._reader.starts_at(flow, opened.end()) else None
        closed = units and re.fullmatch(r"(?:chủ trì|thực hiện|phụ trách)?\)[.:]?", flow.low[units.end :].strip())
        return named(flow, units) if units and closed else None

    def _has_below(self, index: int, item: Item) -> bool:
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        if following is None or following.parent is not item:
            return False
        words = item.flow.text.rstrip()
        return following.kind != "none" or words.isupper() or words.endswith(":") or self._is_only_a_name(item)

    def _is_only_a_name(self, item: Item) -> bool:
        units = self._reader.read(item.flow, 0)
        return units is not None and not item.flow.low[units.end :].strip(" .:;")

    def _heading(self, item: Item, *, has_below: bool) -> Lead | None:
        """Return the units that an item only names, or gives a list of duties below it."""
        flow = item.flow
        clauses = list(clauses_of(self._reader, flow))
        clause = clauses[0] if clauses else None
        if clause is None or clause.units is None or clause.role in {"past", "giver"} or (flow.text.isupper() and not has_below):
            return in_capitals(flow) if has_below else None
        units = named(flow, clause.units)
        rest = flow.low[clause.predicate :].strip(" :.;,")
        if not rest:
            return units
        is_list = has_below and flow.text.rstrip().endswith(":") and len(clauses) == 1 and not find(flow)
        return units if is_list else None

    def _inherited(self, item: Item) -> Lead | None:
        """Return who has to do what stands below: the nearest heading's units, else those of the opening, else the addressees."""
        for above in ancestors(item):
            if id(above) in self._leads:
                return self._leads[id(above)]
            if NO_TASKS.match(above.flow.low) and not GIVES.search(above.flow.low[12:]):
                return None
        if item.kind == "none" or NO_TASKS.match(item.flow.low) or is_of_decision(item):
            return None
        asks = (
            begins_with_verb(item.flow) or verb_after_time(item.flow) or (TIMED.match(item.flow.low) is not None and bool(find(item.flow)))
        )
        if self._opening is not None and asks and not DECIDED.match(item.flow.low) and not item.flow.low.startswith("về "):
            return self._opening
        return None

    def _take(self, item: Item, inherited: Lead | None, *, has_below: bool = False) -> None:
        only_given = item.kind == "none" and not self._is_open
        found = list(given_in(self._reader, item.flow, inherited, only_given=only_given, asked=self._addressees))
        asking = self._asking(item, inherited)
        if asking:
            found = [dataclasses.replace(given, lead=asking) for given in found]
        if len(found) > 1 and inherited is self._opening and found[0].lead == inherited and is_topic(item.flow, found):
            found = found[1:]
        if len(found) == 1:
            found = [whole_item(item.flow, found[0])]
        if has_below and len(found) == 1 and item.flow.text.endswith(":"):
            self._leads[id(item)] = found[0].lead
        numbers = [item.number] if len(found) == 1 else [f"{item.number}.{at}" for at in range(1, len(found) + 1)]
        self._add(item, found, numbers)

    def _asking(self, item: Item, inherited: Lead | None) -> Lead | None:
        """Return the one unit that a heading names, where an item below it says whom that unit has to ask."""
        above = next((above for above in ancestors(item) if id(above) in self._leads), None)
        if inherited and above is not None and _HANDED_ON.match(item.flow.low):
            return inherited
        if not inherited or len(inherited) > 1 or above is None or is_collective(inherited[0].value):
            return None
        is_of_unit = self._reader.starts_at(above.flow, 0)
        return inherited if ASKS.match(item.flow.low) and (is_of_unit or not item.flow.low.startswith("giao ")) else None

    def _add(self, item: Item, found: Sequence[Given], numbers: Sequence[str]) -> None:
        for given, number in zip(found, numbers, strict=True):
            self._of_item.setdefault(id(item), []).append(len(self._tasks))
            duty = duty_of(self._reader, given, Found(number))
            self._tasks.append(replace(duty, coordinating=self._shared(item, duty)))

    def _shared(self, item: Item, duty: Duty) -> Lead:
        """Return the units that take part, with those that the heading of the lead has take part in all below it."""
        above = next((above for above in ancestors(item) if id(above) in self._leads), None)
        if above is None or [each.value for each in self._leads[id(above)]] != [each.value for each in duty.lead]:
            return duty.coordinating
        known = {fold(each.value) for each in (*duty.coordinating, *duty.lead)}
        return (*duty.coordinating, *(each for each in self._with.get(id(above), ()) if fold(each.value) not in known))

    def _paragraph(self, index: int, item: Item) -> None:
        above = item.parent
        if is_no_order(item):
            return
        if above is not None and id(above) in self._leads and not self._marked_below(above):
            self._below(above, item)
            return
        is_opening = self._is_lead_in(item, index)
        if is_opening:
            self._open(item)
        before = len(self._tasks)
        found = list(given_in(self._reader, item.flow, None, only_given=not self._is_open and above is None, asked=self._addressees))
        found = [given for given in found if not (is_opening and given.flow.text.endswith(":"))]
        self._add(item, found, [self._count_on() for _ in found])
        if len(self._tasks) == before:
            self._continue(item)
        self._is_open = self._is_open or before < len(self._tasks)

    def _marked_below(self, section: Item) -> bool:
        return any(child.kind != "none" for child in section.children)

    def _below(self, section: Item, item: Item) -> None:
        """Take a paragraph without a mark below a heading without marks: the section's own number, or parts of it."""
        found = list(given_in(self._reader, item.flow, self._leads[id(section)]))
        count = len(self._of_item.get(id(section), ()))
        self._add(section, found, [f"{section.number}.{count + at}" for at in range(1, len(found) + 1)])
        mine = self._of_item.get(id(section), [])
        if len(mine) == 1:
            self._tasks[mine[0]] = replace(self._tasks[mine[0]], number=Found(section.number))
        elif count == 1 and found:
            self._tasks[mine[0]] = replace(self._tasks[mine[0]], number=Found(f"{section.number}.1"))

    def _is_lead_in(self, item: Item, index: int) -> bool:
        following = self._items[index + 1 : index + 2]
        is_before_marks = bool(following) and (following[0].kind != "none" or item.flow.text.endswith(":"))
        return is_before_marks and item.parent is None and LEAD_IN.search(item.flow.low) is not None

    def _open(self, item: Item) -> None:
        """Note whom the words before a list give it to."""
        self._is_open = True
        clauses = [clause for clause in clauses_of(self._reader, item.flow) if clause.units and clause.role in {"given", "subject"}]
        units = clauses[-1].units if clauses else None
        if units:
            self._opening = named(item.flow, units)
        elif (named_for := self._named_for(item.flow)) is not None:
            self._opening = named_for
        elif GIVES.search(item.flow.low[-60:]):
            self._opening = self._addressees

    def _named_for(self, flow: Flow) -> Lead | None:
        """Return the units in "… quy định cho các cơ quan … như sau"."""
        for match in re.finditer(r"(?<!\w)cho\s", flow.low):
            units = self._reader.read(flow, match.end()) if self._reader.starts_at(flow, match.end()) else None
            if units:
                return named(flow, units)
        return None

    def _closing_report(self, item: Item, phrases: Sequence[Phrase]) -> None:
        lead = self._opening or self._addressees
        if phrases and lead and REPORT_OF_ALL.match(item.flow.low):
            self._add(item, [Given(item.flow, lead, tuple(phrases), item.flow)], [self._count_on()])

    def _count_on(self) -> str:
        label, kind = self._outer or ("0", "number")
        following = next_label(label, kind)
        self._outer = (following, kind)
        return following

    def _continue(self, item: Item) -> None:
        """Add the deadlines of a paragraph that speaks of the task before it, where that has none; else it asks for a report of its own."""
        phrases = find(item.flow)
        if not self._tasks:
            return
        if self._tasks[-1].deadlines:
            self._closing_report(item, phrases)
        elif phrases and TIMED.match(item.flow.low):
            last = self._tasks[-1]
            deadlines: list[Deadline] = [deadline_of(item.flow, phrase, last.deliverable.value) for phrase in phrases]
            self._tasks[-1] = replace(last, deadlines=uniquely_named(deadlines))
