"""The types that contracts are made of."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct


class Contract(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The data of one event type; `NAME` is the middle of `vn.dondoc.<name>.v1`."""

    NAME: ClassVar[str] = ""


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value inside the data of an event."""


Instant = Annotated[datetime, Meta(tz=True)]
"""An instant with its offset (RFC 3339)."""

Line = Annotated[str, Meta(min_length=1, max_length=500)]
"""One line of text for people."""

Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
"""Text of several lines for people."""

Key = Annotated[str, Meta(min_length=1, max_length=200)]
"""A key of a publisher's own."""

MAX_INTEGER = 2_147_483_647
"""CloudEvents' largest Integer; whole numbers in data keep to it too, so that every reader can store them."""

Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]

Ordinal = Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
"""A number that counts from 1."""

Period = Annotated[str, Meta(pattern=r"^[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|Q[1-4]|W[0-9]{2}))?$")]
"""A year, quarter, month, ISO week or day: 2021, 2021-Q2, 2021-05, 2021-W19, 2021-05-14."""

UnitCode = Annotated[str, Meta(pattern=r"^[0-9A-Z.]{1,35}$", description="Organisation code (QĐ 20/2020/QĐ-TTg)")]

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A publisher's id; it is part of the names of its topics."""

Percent = Annotated[int, Meta(ge=0, le=100)]

Score = Annotated[float, Meta(ge=0, le=1_000_000)]
"""Points of an index."""

Year = Annotated[int, Meta(ge=1945, le=2200)]

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]

UnitId = UUID
DirectiveId = UUID
TaskId = UUID
PlanId = UUID
ConferenceId = UUID
ReportId = UUID
DeadlineId = UUID
ExtensionId = UUID

DocumentType = Literal[
    "CV", "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC",
    "BB", "TTr", "HĐ", "CĐ", "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "TT",
]  # fmt: skip
"""Abbreviations of the document types (NĐ 30/2020/NĐ-CP, Phụ lục III); "CV" stands for công văn, which has none; "TT" thư công."""

Urgency = Literal["normal", "khan", "thuong-khan", "hoa-toc"]
"""Thường, khẩn, thượng khẩn, hỏa tốc (NĐ 30/2020/NĐ-CP)."""

SecurityMark = Literal["none", "mat", "toi-mat", "tuyet-mat"]
"""Marks of state secrets; anything but "none" is refused at the door."""

Deliverable = Literal["plan", "conference", "report", "opinion", "other"]

PlanStage = Literal["draft", "final"]


class File(Part, frozen=True, kw_only=True):
    """A file that is stored outside the log, named by its hash."""

    sha256: Sha256
    name: Line
    media_type: Line
    size: Count
