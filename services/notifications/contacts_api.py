"""The JSON endpoints of contacts: read, put, remove."""

from typing import Annotated, Self
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field, model_validator

from services.notifications.contacts import Author, Contact, Contacts, Kind, delete_contact, put_contact, read_contacts
from services.notifications.desk import Desk, GetDesk
from services.notifications.domain.addresses import check_address
from services.notifications.views import find_unit
from shared.identity.principals import Sight
from shared.web.access import Asker, Seen
from shared.web.forms import address_of
from shared.web.openapi import answer
from shared.web.texts import Text


class NewContact(BaseModel):
    """One way to reach a unit: a mail address, a telephone number, or the HTTPS address of a webhook."""

    kind: Kind
    value: Text = Field(min_length=1, max_length=500)
    label: Text | None = Field(default=None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Self:
        check_address(self.kind, self.value)
        return self


def build_contacts(desk: GetDesk) -> APIRouter:
    """Return the endpoints over a desk that is opened later."""
    router = APIRouter(tags=["contacts"])

    @router.get("/api/units/{code}/contacts", responses={200: answer(Contacts, "The contacts of the unit")})
    async def contacts(sight: Seen, code: str) -> Response:
        """List how a unit is reached."""
        unit = await find_unit(desk().pool, code, sight)
        return _json(await read_contacts(desk().pool, unit.unit))

    @router.put(
        "/api/units/{code}/contacts/{contact}",
        responses={200: answer(Contact, "Changed"), 201: answer(Contact, "Added")},
    )
    async def put(request: Request, asker: Asker, sight: Seen, code: str, contact: UUID, new: Annotated[NewContact, Body()]) -> Response:
        """Add a contact under an id of the client's choice, or change the one of that id; the same again changes nothing."""
        return await _put(desk(), sight, code, Author(asker.actor, address_of(request.scope)), contact, new)

    @router.delete("/api/units/{code}/contacts/{contact}", status_code=204, response_class=Response)
    async def delete(request: Request, asker: Asker, sight: Seen, code: str, contact: UUID) -> Response:
        """Remove a contact."""
        unit = await find_unit(desk().pool, code, sight)
        await delete_contact(desk().pool, unit.unit, contact, Author(asker.actor, address_of(request.scope)))
        return Response(status_code=204)

    return router


async def _put(desk: Desk, sight: Sight, code: str, author: Author, contact: UUID, new: NewContact) -> Response:
    unit = await find_unit(desk.pool, code, sight)
    made = Contact(id=contact, kind=new.kind, value=new.value, label=new.label, changed_at=await desk.clock())
    is_new = await put_contact(desk.pool, unit.unit, made, author)
    return _json(made, 201 if is_new else 200)


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
