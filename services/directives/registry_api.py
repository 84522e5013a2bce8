"""The registry over the API: units registered, renamed, succeeded by others, and imported from a file."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.directives.receipts import Receipt
from services.directives.registry import Imported, Registry
from services.directives.views.models import Answer
from shared.contracts.codes import canonical_code, is_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded
from shared.web.access import Asker
from shared.web.moments import Day
from shared.web.problems import problem

MAX_FILE = 8 * 1024 * 1024


def _code(text: str) -> str:
    code = canonical_code(text)
    if not is_code(code):
        message = "a code has capitals, digits and single dots"
        raise ValueError(message)
    return code


CODE_PATTERN = r"^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$"
"""What the description says of a code; the check itself also takes space around it."""
Code = Annotated[str, Field(min_length=1, max_length=35, json_schema_extra={"pattern": CODE_PATTERN}), AfterValidator(_code)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
OpenRegistry = Callable[[], Registry]


class Body(BaseModel):
    """A request; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewUnit(Body):
    """A unit to be registered; codes of either scheme."""

    code: Code
    name: Name
    short_name: Name | None = None
    parent_code: Code | None = None
    valid_from: Day | None = None


class NewName(Body):
    """Another name from a day on."""

    name: Name
    short_name: Name | None = None
    valid_from: Day
    document: Name | None = None


class NewSuccessors(Body):
    """The units that take a unit's place from a day on."""

    successors: Annotated[list[Code], Field(min_length=1, max_length=50)]
    valid_from: Day
    document: Name | None = None


class Registered(Answer):
    """What was registered: the receipt of the fact, and its version in the unit's history."""

    code: str
    receipt: str
    version: int | None


class ImportAnswer(Answer):
    """What a file came to; with faults nothing of it was registered."""

    registered: int
    renamed: int
    succeeded: int
    passed_over: int
    is_dry_run: bool
    differences: list[dict[str, str | int | None]]
    faults: list[dict[str, str | int]]
    refused: list[dict[str, str | int]]


def build_registry(registry: OpenRegistry) -> APIRouter:
    """Return the routes that change the registry."""
    router = APIRouter(prefix="/api", tags=["registry"])

    @router.post("/units", status_code=201)
    async def register_unit(unit: NewUnit, asker: Asker) -> Registered:
        """Register a unit and answer once the registrar has judged it."""
        parent = (await registry().find(unit.parent_code)).id if unit.parent_code else None
        data = UnitRegistered(code=unit.code, name=unit.name, short_name=unit.short_name, parent=parent, valid_from=unit.valid_from)
        return _registered(unit.code, await registry().register(data, by=asker.actor))

    @router.post("/units/{code}/names", status_code=201)
    async def rename_unit(code: str, name: NewName, asker: Asker) -> Registered:
        """Give a unit another name from a day on; the names before it stay with their dates."""
        data = UnitRenamed(name=name.name, short_name=name.short_name, valid_from=name.valid_from, document=name.document)
        return _registered(code, await registry().rename(code, data, by=asker.actor))

    @router.post("/units/{code}/successors", status_code=201)
    async def succeed_unit(code: str, given: NewSuccessors, asker: Asker) -> Registered:
        """Say which units take a unit's place from a day on."""
        units = tuple([(await registry().find(each)).id for each in given.successors])
        data = UnitSucceeded(successors=units, valid_from=given.valid_from, document=given.document)
        return _registered(code, await registry().succeed(code, data, by=asker.actor))

    _add_import(router, registry)
    return router


def _add_import(router: APIRouter, registry: OpenRegistry) -> None:
    @router.post(
        "/units/import",
        response_model=ImportAnswer,
        openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def import_units(
        request: Request,
        asker: Asker,
        dry_run: Annotated[bool, Query(description="Only tell what would be done")] = False,  # noqa: FBT002
        rename: Annotated[bool, Query(description="Let other names in the file become the units' names")] = False,  # noqa: FBT002
    ) -> Response:
        """Register the units of a CSV file (code, name, short_name, parent_code, valid_from); 422 tells every fault by line and column."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
            return problem(415, "unsupported-media-type", "send the file as text/csv")
        content = await read_limited(request)
        if content is None:
            return problem(413, "too-large", f"a file has at most {MAX_FILE} bytes")
        imported = await registry().import_file(content, by=asker.actor, rename=rename, is_dry_run=dry_run)
        return _answer(imported)


async def read_limited(request: Request) -> bytes | None:
    """Return a request's body, or None where it is longer than a file may be."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_FILE:
            return None
    return bytes(content)


def _answer(imported: Imported) -> Response:
    if imported.faults:
        faults = [{name: str(value) for name, value in each.items()} for each in imported.faults]
        return problem(422, "invalid-file", "the file has faults; nothing was registered", faults=faults)
    return Response(msgspec.json.encode(imported), media_type="application/json")


def _registered(code: str, receipt: Receipt) -> Registered:
    return Registered(code=canonical_code(code), receipt=receipt.receipt, version=receipt.version)
