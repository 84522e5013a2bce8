"""Any other letter: its units are registered, its questions answered by rules that are said, its deadlines played to the last one."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec

from deploy.demo import texts
from deploy.demo.defaults import NOBODY, Book, default_day
from deploy.demo.letters import Letter
from deploy.demo.player import Player
from deploy.demo.settling import Snapshot
from deploy.demo.story import Answers, Contact, Fact
from deploy.demo.topics import DEADLINES
from services.directives.intake.matching import canonical
from shared.contracts.deadlines import DeadlineChanged, DeadlineSet

SPACE = UUID("0a4a7c0e-2c55-5d0b-9d5f-7b1c6f8e3d92")
SOURCE = "/don-vi/so-dang-ky"
ROOT = "H99"
"""Code of the letter's issuer here; the other units come below it."""
MAIL_DOMAIN = "don-vi.example"
OPENS, READ, LATER = time(8), time(8, 30), time(10)
AFTER = timedelta(days=4)
"""How long the clock goes on after the last deadline, so that what was missed is told at every level."""
LONGEST = timedelta(days=400)
"""Recurring deadlines have no last one: after this time the clock stops anyway."""

Json = dict[str, Any]


async def play_other(player: Player, letter: Letter) -> Snapshot:
    """Play a letter that no story was written for, and return how the services stand at the end."""
    document: Json = msgspec.to_builtins(letter.propose().document)
    day = _day_of(document)
    player.show(f"{letter.file.name}: văn bản này không có kịch bản riêng; hệ thống đọc, hỏi, trả lời theo quy ước và chạy đến hạn cuối\n")
    await player.settle()
    await player.move(_at(day, OPENS))
    units = list(units_of(document))
    await player.publish(units[:1])
    await player.settle()
    for unit in units[1:]:
        await player.publish([unit])
    await player.settle()
    for contact in _contacts([unit["data"]["code"] for unit in units]):
        await player.reach.add(contact)
    await player.take_in(f"{len(units)} đơn vị nêu trong văn bản được ghi vào sổ với mã tạm {ROOT}…, có địa chỉ thư và webhook (quy ước)")
    await player.move(_at(day, READ))
    lines = await player.read_letter(letter, Answers(), book_of(units))
    snapshot = await player.settle()
    await player.take_in("Văn thư đưa văn bản vào hệ thống", lines)
    return await _to_the_end(player, snapshot, day)


async def _to_the_end(player: Player, snapshot: Snapshot, day: date) -> Snapshot:
    """Let the units read what they were told, then let time pass to the last deadline and a little further."""
    snapshot = await player.pass_time(snapshot, _at(day, LATER))
    for office in player.offices.by_code.values():
        await office.read()
    snapshot = await player.settle()
    await player.take_in("Các đơn vị đọc thông báo")
    return await player.pass_time(snapshot, min(_last_due(player, _at(day, LATER)) + AFTER, _at(day, LATER) + LONGEST))


def _last_due(player: Player, at_least: datetime) -> datetime:
    told = (record.event.data for record in player.topics.records if record.topic == DEADLINES)
    dues = [data.due for data in told if isinstance(data, DeadlineSet | DeadlineChanged) and data.due]
    return max([at_least, *dues])


def _day_of(document: Json) -> date:
    issued = document["fields"].get("issued_on")
    return date.fromisoformat(issued["value"]) if issued else default_day(document)[0]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, texts.HANOI)


def units_of(document: Json) -> Iterator[Fact]:
    """Yield the registration of each unit that the letter names, the issuer first; of names that are one unit's the first is taken."""
    names: dict[str, str] = {}
    for name in _names(document):
        names.setdefault(canonical(name), name)
    issuer: UUID | None = None
    for number, (key, name) in enumerate(names.items()):
        unit = uuid5(SPACE, key)
        yield _registered(unit, f"{ROOT}.{number}" if number else ROOT, name, issuer)
        issuer = issuer or unit


def _names(document: Json) -> Sequence[str]:
    fields = document["fields"]
    leaves = [fields.get("issuer"), *(fields.get("addressees") or ())]
    for task in document["tasks"]:
        leaves += [*task["lead"], *task["coordinating"]]
    named = [str(leaf["value"]) for leaf in leaves if leaf]
    return named if fields.get("issuer") else [NOBODY, *named]


def _registered(unit: UUID, code: str, name: str, parent: UUID | None) -> Fact:
    data = {"code": code, "name": name, **({"parent": str(parent)} if parent else {})}
    return {
        "specversion": "1.0", "id": f"don-vi-{unit}", "source": SOURCE, "type": "vn.dondoc.unit-registered.v1", "subject": str(unit),
        "partitionkey": str(unit), "datacontenttype": "application/json", "data": data,
    }  # fmt: skip


def _contacts(codes: Sequence[str]) -> Iterator[Contact]:
    """Yield how the units are reached: the issuer by webhook, the others (all, where there is none but the issuer) by mail."""
    yield Contact(unit=codes[0], kind="webhook", label="Phần mềm của cơ quan ban hành")
    for code in codes[1:] or codes:
        yield Contact(unit=code, kind="mail", value=f"{code.lower().replace('.', '-')}@{MAIL_DOMAIN}", label="Văn thư")


def book_of(units: Sequence[Fact]) -> Book:
    """Return the units by their names in the form in which names are compared."""
    return {canonical(unit["data"]["name"]): UUID(unit["subject"]) for unit in units}
