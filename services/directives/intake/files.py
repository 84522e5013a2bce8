"""Stored files, for whoever may see something that names them: never shown in place, always handed over to be saved."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from services.directives.api import Reader
from services.directives.intake import storage
from services.directives.intake.cabinet import Cabinet
from services.directives.intake.drafting import Author, has_draft, list_texts
from services.directives.intake.secrecy import bears_mark, lock_file
from services.directives.queries import QUERIES
from shared.errors import NotFoundError, RefusedError
from shared.identity.principals import Principal, Sight
from shared.postgres import Pool
from shared.web.access import Asker, Seen
from shared.web.pages import Pages
from shared.web.problems import MEDIA_TYPE, TYPE_BASE, problem

DRAFTERS = ("operator", "administrator", "issuer_office", "service")
"""Who takes letters in, and so opens those of drafts."""
HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-cache"}
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The file's SHA-256, in hexadecimal.")]
LOCKED = "state-secret-locked"
REASON = "the file turned out to bear a mark of state secrets; nobody can open it any more"
_PROBLEM = {
    "schema": {"$ref": "#/components/schemas/Problem"},
    "example": {"type": TYPE_BASE + LOCKED, "title": "Gone", "status": 410, "detail": REASON},
}
BINARY: dict[int | str, Any] = {
    200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
    410: {"description": "The file turned out to be a state secret and is locked", "content": {MEDIA_TYPE: _PROBLEM}},
}


class LockedError(RefusedError):
    """A file turned out to be a state secret: nobody opens it, whoever they are."""

    def __init__(self) -> None:
        super().__init__(
            LOCKED, REASON,
            "Tệp mang dấu chỉ độ mật nên đã bị khóa.",
        )  # fmt: skip


def build_files(reader: Callable[[], Reader], cabinet: Cabinet) -> APIRouter:
    """Return the routes; `reader` gives the open read model once the app runs."""
    router, pages = APIRouter(), Pages("services.directives")

    @router.get("/api/files/{sha256}", tags=["directives"], response_class=Response, responses=BINARY)
    async def get_file(asker: Asker, sight: Seen, sha256: Hash) -> Response:
        """Return a file that a directive, plan, report or minutes in sight name; as it came in, byte for byte."""
        try:
            return await _hand_over(reader(), cabinet, asker, sight, sha256)
        except LockedError as error:
            return problem(410, error.code, error.reason, reason_vi=error.reason_vi)

    @router.get("/files/{sha256}", include_in_schema=False)
    async def open_file(asker: Asker, sight: Seen, sha256: str) -> Response:
        try:
            return await _hand_over(reader(), cabinet, asker, sight, sha256)
        except NotFoundError:
            return pages.answer("not_found.html", status=404)
        except LockedError as error:
            return pages.refuse(410, error.code, error.reason)

    return router


async def _hand_over(reader: Reader, cabinet: Cabinet, asker: Principal, sight: Sight, sha256: str) -> Response:
    pool = await cabinet.pool()
    if not storage.is_name(sha256) or not (
        await reader.pool.fetchval(QUERIES["sees_file"], sha256, *sight)
        or (asker.role in DRAFTERS and await has_draft(pool, sha256, sight.unit))
    ):
        raise NotFoundError("file", sha256)
    await _require_no_secret(reader, pool, asker, sha256)
    file = await storage.read(pool, sha256)
    about = {"Content-Type": file.media_type, "Content-Disposition": disposition(file.name), "ETag": f'"{sha256}"'}
    return Response(file.content, headers={**HARMLESS, **about})


async def _require_no_secret(reader: Reader, pool: Pool, asker: Principal, sha256: str) -> None:
    """Raise LockedError for a file that is locked, and for one in which rules that have changed since find a mark."""
    if not await storage.is_locked(pool, sha256):
        texts = await list_texts(pool, sha256)
        if not any([await asyncio.to_thread(bears_mark, text) for text in texts]):
            return
        await lock_file(pool, sha256, Author(asker.actor, await reader.clock()))
    raise LockedError


def disposition(name: str) -> str:
    """Return the header that hands a file over under its name (RFC 6266, RFC 8187)."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
