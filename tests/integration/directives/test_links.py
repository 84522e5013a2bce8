"""Pages lead a unit to nothing that is not there for it."""

from uuid import UUID

import httpx
import pytest

from shared.contracts.directives import Basis, DirectiveIssued, DirectiveReplaced
from tests.support.april import COMMITTEE, HOME_AFFAIRS, OFFICE, Journal, hanoi, named
from tests.support.pages import opened_house
from tests.support.people import sign_in

BASE, SHARED, NEWER, UNKNOWN = (named(name) for name in ("base", "shared", "newer", "unknown"))


def letter(key: str, addressees: tuple[UUID, ...], *bases: UUID) -> DirectiveIssued:
    return DirectiveIssued(
        key=key, issuer=COMMITTEE, subject=f"Văn bản {key}", document_type="CV", symbol="UBND", place="Phước Long", addressees=addressees,
        based_on=tuple(Basis(title=f"Căn cứ {number}", directive=base) for number, base in enumerate(bases)),
    )  # fmt: skip


def played() -> Journal:
    """Return a letter to two units that is based on one, and was replaced by another, to only one of them."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.register(BASE, letter("base", (HOME_AFFAIRS,)), hanoi(5), key=BASE)
    journal.register(NEWER, letter("newer", (HOME_AFFAIRS,)), hanoi(5), key=NEWER)
    journal.register(SHARED, letter("shared", (HOME_AFFAIRS, OFFICE), BASE, UNKNOWN), hanoi(6), key=SHARED)
    journal.register(SHARED, DirectiveReplaced(replaced_by=NEWER), hanoi(7), key=SHARED)
    return journal


@pytest.mark.parametrize(("name", "seen"), [("lan", {BASE, NEWER}), ("minh", {BASE, NEWER}), ("hoa", set())])
async def test_a_directive_leads_to_its_bases_and_its_successor_where_they_are_in_sight(database: str, name: str, seen: set[UUID]) -> None:
    async with opened_house(database, played(), hanoi(8)) as house, httpx.AsyncClient(base_url=house.address, timeout=30) as client:
        await sign_in(client, name)
        page = (await client.get(f"/directives/{SHARED}")).text
    assert "Căn cứ 0" in page
    assert {each for each in (BASE, NEWER, UNKNOWN) if f'href="/directives/{each}"' in page} == seen
