"""Tasks out of one paragraph: a duty for each unit that is given one, and for each thing that has a deadline of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, pairwise
from typing import Final

from services.directives.intake.clause_spans import Clause
from services.directives.intake.clauses import clauses_of
from services.directives.intake.coordinating import TAKES_PART, Lead, coordinating_in, named
from services.directives.intake.deliverables import deadline_of, deliverable_of, plan_of_conference, required_of
from services.directives.intake.exhortations import is_no_duty
from services.directives.intake.findings import Deadline, Duty, Found, quoted
from services.directives.intake.flow import Flow, fold
from services.directives.intake.openings import AT_LARGE, DECIDED
from services.directives.intake.phrases import Phrase, find
from services.directives.intake.units import Reader, is_collective
from services.directives.intake.word_patterns import begins_with_verb

_REPORTS: Final = re.compile(r"(?<!\w)báo cáo(?!\sviên)")
_MERE_REPORT: Final = re.compile(r"^[^.;]{0,40}?(?:báo cáo)\s(?:tình hình|kết quả)")

_HEAD_ALONE: Final = re.compile(
    r"(?:thu truong|nguoi dung dau|lanh dao)(?: (?:co quan|don vi|cac co quan|cac don vi|co quan, don vi|cac co quan, don vi))?"
)
_ONLY_LEADS_OVER: Final = re.compile(r"(?:trên đây|để|nhận được|căn cứ|về|theo|thực hiện|qua)(?!\w)")
_IS_HELD: Final = re.compile(r"(?:hội nghị|hội thảo|hội thi|đại hội|lễ|tọa đàm|cuộc họp|phiên họp)\s")
_NEXT_VERB: Final = re.compile(r"(?:,\s(?:đồng thời\s|và\s)?|\s(?:và|đồng thời)\s)(?=\w)")


@dataclass
class Segment:
    """Clauses of a paragraph that one lead has to carry out."""

    lead: Lead
    clauses: list[Clause] = field(default_factory=list)
    start: int = 0

    @property
    def end(self) -> int:
        """Where its last clause ends."""
        return self.clauses[-1].end


@dataclass(frozen=True)
class Given:
    """A duty before it has its number."""

    flow: Flow
    lead: Lead
    phrases: tuple[Phrase, ...]
    whole: Flow


def segments_of(reader: Reader, flow: Flow, inherited: Lead | None, *, only_given: bool = False, asked: Lead = ()) -> list[Segment]:
    """Return what one lead after the other has to do; `inherited` where the paragraph stands below a heading that names one."""
    segments: list[Segment] = []
    current: Segment | None = Segment(inherited) if inherited is not None else None
    for clause in _to_someone(clauses_of(reader, flow), flow):
        opened = _opened(flow, clause, current, only_given=only_given)
        if clause.role == "asked" and asked and inherited is None:
            opened = Segment(asked, [], clause.opens)
        if opened is not None:
            current = opened if opened.lead or inherited is not None else None
            if current is not None and _same_lead(segments, current):
                current = segments[-1]
        elif clause.role in {"past", "giver"}:
            current = None
            continue
        if current is not None:
            if not current.clauses:
                current.start = current.start or clause.start
                segments.append(current)
            current.clauses.append(clause)
    return [segment for segment in _with_titles(flow, segments, inherited) if _is_duty(flow, segment)]


_LEADS: Final = re.compile(r"(?:chủ trì|làm đầu mối|chịu trách nhiệm chính|phụ trách)(?!\w)")


def _with_titles(flow: Flow, segments: list[Segment], inherited: Lead | None) -> list[Segment]:
    """Return segments, a first sentence that only says what is to be done joined to the next one that says who leads it."""
    if inherited is None or len(segments) < 2 or segments[0].lead != inherited or len(segments[0].clauses) > 1:  # noqa: PLR2004
        return segments
    title, led = segments[0].clauses[0], segments[1].clauses[0]
    is_title = title.role == "none" and flow.text.startswith((". ", "; "), title.end) and not _phrases(flow.part(title.start, title.end))
    if not is_title or led.units is None or not _LEADS.match(flow.low, led.predicate):
        return segments
    return [Segment(segments[1].lead, [title, *segments[1].clauses], segments[0].start), *segments[2:]]


def _to_someone(clauses: Iterator[Clause], flow: Flow) -> Iterator[Clause]:
    """Give clauses without those at the beginning that tell people at large what to do, or what the issuer decides."""

    def is_idle(clause: Clause) -> bool:
        return clause.role == "none" and any(words.match(flow.low, clause.start) for words in (AT_LARGE, DECIDED))

    return dropwhile(is_idle, clauses)


def _is_dated_duty(flow: Flow, clause: Clause) -> bool:
    """Tell whether a unit, named first, has to act by a time: that is given though no verb of giving says so."""
    return clause.role == "subject" and begins_with_verb(flow, clause.predicate) and bool(find(flow.part(clause.predicate, clause.end)))


def _is_of_those(flow: Flow, clause: Clause, current: Segment | None) -> bool:
    """Tell whether a later clause speaks of one of those who lead already, or of their heads by title alone: they go on leading."""
    if clause.role != "subject" or clause.units is None or current is None or not (current.lead and current.clauses):
        return False
    leads = {fold(each.value) for each in current.lead}
    names = [fold(each.value) for each in named(flow, clause.units)]
    return all(_HEAD_ALONE.fullmatch(name) or (name in leads and len(leads) > 1) for name in names)


_HANDS_ON: Final = re.compile(r"(?:yêu cầu|phân công|nhắc|lưu ý)(?!\w)")
OWN_PEOPLE: Final = re.compile(
    r"(?:các )?(?:thành viên|cán bộ|công chức|viên chức|giáo viên|nhân viên|chuyên viên|tổ trưởng|đội trưởng|tổ phó|đội phó|"
    r"trưởng thôn|trưởng bản|người)(?!\w)"
)


def _hands_on(flow: Flow, clause: Clause, current: Segment | None) -> bool:
    """Tell whether one who has a duty passes a part of it on, to people of its own or by asking others: that is its own duty still."""
    if clause.role != "given" or clause.units is None or current is None or not (current.lead and current.clauses):
        return False
    if OWN_PEOPLE.match(current.lead[0].value.lower()):
        return False
    is_named = current.clauses[0].role in {"subject", "adverbial"} and flow.text[: clause.opens].rstrip().endswith(";")
    is_own = all(OWN_PEOPLE.match(flow.text[slice(*name)]) for name in clause.units.names)
    return is_own or (is_named and _HANDS_ON.match(flow.low, clause.opens) is not None)


def _takes_part(flow: Flow, clause: Clause, current: Segment | None) -> bool:
    """Tell whether a clause only says who takes part in the duty before it: "A chủ trì; B phối hợp thực hiện"."""
    is_after = current is not None and bool(current.lead and current.clauses)
    return is_after and clause.role == "subject" and TAKES_PART.match(flow.low, clause.predicate) is not None


def _same_lead(segments: Sequence[Segment], current: Segment) -> bool:
    return bool(segments) and bool(current.lead) and [each.value for each in segments[-1].lead] == [each.value for each in current.lead]


def _opened(flow: Flow, clause: Clause, current: Segment | None, *, only_given: bool) -> Segment | None:
    if clause.units is None or clause.role in {"past", "giver", "none", "asked"}:
        return None
    if only_given and clause.role != "given" and not _is_dated_duty(flow, clause):
        return None
    if _is_of_those(flow, clause, current) or _hands_on(flow, clause, current) or _takes_part(flow, clause, current):
        return None
    start = clause.start if clause.role == "adverbial" and not _ONLY_LEADS_OVER.match(flow.low, clause.start) else clause.opens
    return Segment(named(flow, clause.units), [], start)


def _is_duty(flow: Flow, segment: Segment) -> bool:
    """Tell whether anything in a segment can be checked on."""
    kept: list[Clause] = []
    for clause in segment.clauses:
        text = flow.part(flow.low.rfind(". ", 0, clause.start) + 1, clause.end)
        predicate = flow.part(max(clause.predicate, clause.start), clause.end)
        has_deadline = bool(find(flow.part(clause.start, clause.end), is_report=_REPORTS.search(predicate.low) is not None))
        only_helps = bool(kept) and TAKES_PART.match(flow.low, clause.predicate) is not None
        if only_helps or (has_deadline and not is_no_duty(text.low, "báo cáo " + predicate.low)) or not is_no_duty(text.low, predicate.low):
            kept.append(clause)
    if kept and kept[0] is not segment.clauses[0]:
        segment.start = kept[0].start
    segment.clauses = kept
    return bool(kept)


def given_in(reader: Reader, flow: Flow, inherited: Lead | None, *, only_given: bool = False, asked: Lead = ()) -> Iterator[Given]:
    """Give the duties of a paragraph in order."""
    for segment in segments_of(reader, flow, inherited, only_given=only_given, asked=asked):
        yield from _by_deadline(flow, segment)


def _by_deadline(flow: Flow, segment: Segment) -> Iterator[Given]:
    """Part a segment before each clause, after the first, that has a deadline: it is for another thing."""
    timed = [clause for clause in segment.clauses if _phrases(flow.part(clause.start, clause.end))]
    cuts = [_start_of(segment, clause) for clause in timed[1:] if not _only_tells_time(flow, clause)]
    starts = [segment.start, *cuts]
    for start, end in zip(starts, [*cuts, segment.end], strict=True):
        part = flow.part(start, end).stripped(" \t\n;")
        yield from _parted(part, segment.lead, flow.part(segment.start, end))


def _start_of(segment: Segment, clause: Clause) -> int:
    return max(clause.start, segment.start)


_TIME_ONLY: Final = re.compile(
    r"^\W*(?:thời hạn|thời gian|hạn|hoàn thành|xong|báo cáo (?:năm|quý|tháng|6 tháng)|(?:và )?(?:kết quả )?(?:cả )?năm)(?!\w)"
)


_REPORT_AGAIN: Final = re.compile(
    r"^\W*(?:và )?(?:gửi )?báo cáo (?:kết quả |tình hình |sơ kết |tổng kết )*(?:năm|quý|tháng|tuần|0?6 tháng|sáu tháng|cả năm|đợt)(?!\w)"
)


def _only_tells_time(flow: Flow, clause: Clause) -> bool:
    """Tell whether a clause only says when, or when the same report is due again: it belongs to what was said before."""
    words = flow.part(clause.start, clause.end).stripped()
    if _TIME_ONLY.match(words.low) or _REPORT_AGAIN.match(words.low):
        return True
    opening = next((phrase.end + 1 for phrase in find(words)[:1] if phrase.start == 0), 0)
    acts = [opening, *(match.end() for match in re.finditer(r",\s", words.low))]
    return clause.units is None and not any(begins_with_verb(words, at) for at in acts)


def _phrases(flow: Flow) -> tuple[Phrase, ...]:
    return find(flow, is_report=_REPORTS.search(flow.low) is not None)


def _parted(flow: Flow, lead: Lead, whole: Flow) -> Iterator[Given]:
    phrases = _phrases(flow)
    held = plan_of_conference(flow, phrases)
    if held is None:
        cut = _other_thing(flow, phrases)
        yield Given(flow.part(0, cut), lead, tuple(phrase for phrase in phrases if cut is None or phrase.end <= cut), whole)
        if cut is not None:
            joint = _NEXT_VERB.match(flow.low, cut)
            yield from _parted(flow.part(joint.end() if joint else cut), lead, whole)
        return
    start, time = held
    yield Given(flow, lead, tuple(phrase for phrase in phrases if phrase is not time), whole)
    yield Given(flow.part(start, time.end), lead, (Phrase(time.start - start, time.end - start),), whole)


def _other_thing(flow: Flow, phrases: tuple[Phrase, ...]) -> int | None:
    """Return where, between two deadlines of one clause, another thing begins that the second one is for."""
    for before, after in pairwise(phrases):
        for match in reversed(list(_NEXT_VERB.finditer(flow.low, before.end, after.start))):
            if (begins_with_verb(flow, match.end()) or _IS_HELD.match(flow.low, match.end())) and not find(
                flow.part(match.start(), match.end())
            ):
                first = deliverable_of(flow.part(0, before.end), (before,))
                second = deliverable_of(flow.part(match.end(), after.start))
                return None if first.value == second.value == "report" else match.start()
    return None


def is_topic(flow: Flow, found: Sequence[Given]) -> bool:
    """Tell whether the first sentence of an item names no time and nobody, and the next ones say who does it."""
    first, following = found[0].flow.span(), found[1].flow.span()
    between = flow.text[sum(at < first[1] for at in flow.starts) : sum(at < following[0] for at in flow.starts)]
    return between.startswith(".") and not found[0].phrases and all(given.lead != found[0].lead for given in found[1:])


def whole_item(flow: Flow, given: Given) -> Given:
    """Return the only duty of an item with the words of its sentence before the unit that it names."""
    start = given.flow.span()[0]
    before = next((at for at, place in enumerate(flow.starts) if place >= start), 0)
    if any(mark in flow.text[:before] for mark in (". ", ";")):
        return given
    end = before + len(given.flow)
    phrases = tuple(Phrase(each.start + before, each.end + before, each.is_reference) for each in given.phrases)
    return Given(flow.part(0, end), given.lead, phrases, given.whole)


def duty_of(reader: Reader, given: Given, number: Found[str], more: Sequence[Deadline] = ()) -> Duty:
    """Return the whole task."""
    flow = given.flow
    deliverable = deliverable_of(flow, given.phrases)
    found = [deadline_of(flow, phrase, deliverable.value) for phrase in given.phrases]
    return Duty(
        number=number,
        content=quoted(flow.stripped(" \t\n;./")),
        lead=given.lead,
        coordinating=coordinating_in(reader, given.whole, given.lead),
        deliverable=deliverable,
        deadlines=uniquely_named((*found, *more)),
        required=required_of(flow) if deliverable.value == "plan" else None,
        has_collective_lead=any(is_collective(lead.value) for lead in given.lead),
    )


def uniquely_named(deadlines: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """Return deadlines with names of their own: the second of one name has a 2 behind it."""
    seen: dict[str, int] = {}
    named_so = []
    for each in deadlines:
        count = seen[each.name.value] = seen.get(each.name.value, 0) + 1
        name = each.name if count == 1 else Found(f"{each.name.value} ({count})", each.name.span)
        named_so.append(Deadline(name, each.met_by, each.phrase, each.plan_stage, each.is_reference))
    return tuple(named_so)
