"""Units as written matched with the registry: exact where one unit alone has that name, all else a suggestion."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final
from uuid import UUID, uuid5

import msgspec

from services.directives.intake.flow import fold
from services.directives.intake.unit_words import words

NAMESPACE: Final = UUID("5d3f4d0e-8f0b-5c55-9b0e-6f7f0f2f6a21")
"""Namespace of the ids that units have where no registry is at hand: UUIDv5 of the folded name."""

MOST_CANDIDATES: Final = 5
MOST_COMPARED: Final = 60
LEAST_ALIKE: Final = 0.5

ABBREVIATIONS: Final = dict(
    pair.split("=")
    for pair in words(
        """
    ubnd=uy ban nhan dan; hdnd=hoi dong nhan dan; vp=van phong; p=phong; tp=thanh pho; tx=thi xa; ubmttq=uy ban mat tran to quoc;
    mttq=mat tran to quoc; ldtb&xh=lao dong thuong binh xa hoi; ldtbxh=lao dong thuong binh xa hoi; gd&dt=giao duc dao tao;
    gddt=giao duc dao tao; tn&mt=tai nguyen moi truong; tnmt=tai nguyen moi truong; nn&ptnt=nong nghiep phat trien nong thon;
    nnptnt=nong nghiep phat trien nong thon; nn&mt=nong nghiep moi truong; kh&dt=ke hoach dau tu; khdt=ke hoach dau tu; kh&cn=khoa
    hoc cong nghe; khcn=khoa hoc cong nghe; gtvt=giao thong van tai; tt&tt=thong tin truyen thong; tttt=thong tin truyen thong;
    vh&tt=van hoa thong tin; vhtt=van hoa thong tin; vhttdl=van hoa the thao du lich; vhtt&dl=van hoa the thao du lich; tc-kh=tai
    chinh ke hoach; tckh=tai chinh ke hoach; bhxh=bao hiem xa hoi; ca=cong an; ktht=kinh te ha tang; vhxh=van hoa xa hoi;
    gdtx=giao duc thuong xuyen; bql=ban quan ly; ttyt=trung tam y te; bchqs=ban chi huy quan su; tand=toa an nhan dan; vksnd=vien
    kiem sat nhan dan
    """
    )
)
"""Abbreviations of offices' names, folded, with what they stand for; "và" is left out on both sides."""

_AREA: Final = re.compile(r"(?:tinh|huyen|thi xa|thanh pho|quan|phuong|xa|thi tran|dac khu)$")
_OF_AREA: Final = re.compile(r"(?<!\w)(?P<kind>tinh|huyen|thi xa|thanh pho|quan|phuong|xa|thi tran|dac khu) (?P<name>\w.*)$")
_WORD: Final = re.compile(r"[\w&]+(?:-kh)?")


class Entry(msgspec.Struct, frozen=True):
    """A unit of the registry."""

    unit: UUID
    name: str
    short_name: str | None = None
    parent: UUID | None = None
    code: str | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A unit that may be meant, and how much its name is like what is written (0 to 1)."""

    unit: UUID
    name: str
    score: float
    code: str | None = None


class Match(msgspec.Struct, frozen=True):
    """What a name comes to: one unit, or suggestions; `is_registered` is false where there is no registry to ask."""

    unit: UUID | None = None
    candidates: tuple[Candidate, ...] = ()
    is_registered: bool = True


Matching = Callable[[str, UUID | None], Match]
"""Matches a unit as written, within the tree of the issuer where that is known."""


def unregistered(written: str, _: UUID | None = None) -> Match:
    """Return the id that a unit has where no registry is at hand."""
    return Match(uuid5(NAMESPACE, fold(written)), is_registered=False)


def canonical(name: str) -> str:
    """Return a name in the form in which it is compared: folded, abbreviations written out, without "và" and signs."""
    words = _WORD.findall(re.sub(r"(?<!\w)p\.\s?(?=\w)", "phong ", fold(name)))
    return " ".join(ABBREVIATIONS.get(word, word) for word in words if word != "va")


class Registry:
    """The units that are registered, by what they are called."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.unit: entry for entry in entries}
        self._called: dict[str, set[UUID]] = defaultdict(set)
        self._words: dict[str, set[UUID]] = defaultdict(set)
        for entry in self._entries.values():
            for name in filter(None, (entry.name, entry.short_name)):
                self._called[canonical(name)].add(entry.unit)
                for word in set(canonical(name).split()):
                    self._words[word].add(entry.unit)

    @property
    def units(self) -> frozenset[UUID]:
        """The ids of all units."""
        return frozenset(self._entries)

    def match(self, written: str, issuer: UUID | None = None) -> Match:
        """Return the one unit that is called so, within the issuer's tree before all others, or suggestions."""
        for form in self._forms(written, issuer):
            called = self._called.get(form, set())
            within = {unit for unit in called if self._is_near(unit, issuer)}
            if len(within) == 1 or (len(called) == 1 and form == canonical(written)):
                return Match(next(iter(within or called)))
        return Match(None, tuple(self._candidates(written, issuer)))

    def _forms(self, written: str, issuer: UUID | None) -> Iterator[str]:
        """Give the ways in which the issuer's own letter leaves out what it need not say: where the unit is."""
        plain = canonical(written)
        yield plain
        area = self._area(issuer)
        if area is None:
            return
        kind, name = area
        yield f"{plain} {kind} {name}"
        if plain.endswith(kind):
            yield f"{plain} {name}"
            yield plain.removesuffix(kind).strip()

    def _area(self, issuer: UUID | None) -> tuple[str, str] | None:
        entry = self._entries.get(issuer) if issuer else None
        match = _OF_AREA.search(canonical(entry.name)) if entry else None
        return (match["kind"], match["name"]) if match else None

    def _is_near(self, unit: UUID, issuer: UUID | None) -> bool:
        """Tell whether a unit is the issuer, above it, below it, or beside it under the unit above."""
        if issuer is None:
            return True
        above = set(self._above(issuer))
        line = list(self._above(unit))
        return unit in above or issuer in line or any(parent in above for parent in line[1:2])

    def _above(self, unit: UUID) -> Iterator[UUID]:
        seen: set[UUID] = set()
        at: UUID | None = unit
        while at is not None and at not in seen:
            seen.add(at)
            yield at
            entry = self._entries.get(at)
            at = entry.parent if entry else None

    def _candidates(self, written: str, issuer: UUID | None) -> Sequence[Candidate]:
        plain = canonical(written)
        shared = Counter(unit for word in set(plain.split()) for unit in self._words.get(word, ()))
        compared = sorted(shared, key=lambda unit: (-shared[unit], str(unit)))[:MOST_COMPARED]
        scored = [(self._likeness(plain, unit, issuer), unit) for unit in compared]
        best = sorted((each for each in scored if each[0] >= LEAST_ALIKE), key=lambda each: (-each[0], str(each[1])))[:MOST_CANDIDATES]
        return [Candidate(unit, self._entries[unit].name, round(score, 3), self._entries[unit].code) for score, unit in best]

    def _likeness(self, plain: str, unit: UUID, issuer: UUID | None) -> float:
        entry = self._entries[unit]
        names = [canonical(name) for name in (entry.name, entry.short_name) if name]
        likeness = max(SequenceMatcher(None, plain, name, autojunk=False).ratio() for name in names)
        return likeness if self._is_near(unit, issuer) else likeness * 0.9
