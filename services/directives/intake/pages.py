"""Pages of the intake: a letter uploaded or pasted, its proposal beside its text, answered in place, published, its verdicts shown."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.directives.admission import NotAdmittedError
from services.directives.bodies import Bodies
from services.directives.intake.changes import CHANGES, Change
from services.directives.intake.desk import Desk
from services.directives.intake.room import Room
from services.directives.intake.uploads import Answered, read_form
from shared.web.access import Seen, Signed
from shared.web.pages import Pages

UPLOADS = {
    "content-too-large": "Tệp lớn quá 20 MB.",
    "too-slow": "Đường truyền quá chậm, tệp chưa lên hết. Hãy thử lại.",
    "incomplete": "Tệp chưa lên hết. Hãy thử lại.",
    "busy": "Đang có nhiều tệp được tải lên cùng lúc. Hãy thử lại sau ít phút.",
    "no-file": "Chưa chọn tệp hoặc chưa dán nội dung.",
}
"""What is said of an upload that was turned away, by code."""


def build_intake_pages(desk: Desk, bodies: Bodies) -> APIRouter:
    """Return the routes of the pages; `bodies` are those that all intakes share."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    room = Room(desk, Pages("services.directives"))
    _add_doors(router, room, bodies)
    _add_draft(router, room)
    for path, change in CHANGES.items():
        _add_change(router, room, path, change)
    return router


def _add_doors(router: APIRouter, room: Room, bodies: Bodies) -> None:
    @router.get("/intake")
    async def show(sight: Seen, cursor: Annotated[str, Query(max_length=100)] = "", told: str = "") -> Response:
        return await room.show_list(sight.unit, cursor, TOLD.get(told, ""))

    @router.post("/intake")
    async def take_in(request: Request, signed: Signed, sight: Seen) -> Response:
        body = bodies.of(request.scope, request.receive)
        try:
            upload = await read_form(request, body)
            answer = await room.take_in(request, upload, await room.author(request, signed, sight.unit))
        except NotAdmittedError as error:
            said = UPLOADS.get(error.code, "Không đọc được nội dung gửi lên.")
            answer = await room.turn_away(request, sight.unit, error.status, said)
        finally:
            body.release()
        return Answered(answer, body)

    @router.get("/intake/units")
    async def find_units(q: Annotated[str, Query(max_length=200)] = "", item: Annotated[str, Query(pattern=r"^[\w-]{0,80}$")] = "",
                         field: Annotated[str, Query(pattern="^(radio|checkbox)$")] = "radio") -> Response:  # fmt: skip
        found = await room.find_units(q) if q.strip() else None
        return room.pages.answer("_intake_units.html", item=item, found=found, field=field)


def _add_draft(router: APIRouter, room: Room) -> None:
    @router.get("/intake/{draft}")
    async def show(
        request: Request, signed: Signed, sight: Seen, draft: UUID, edit: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        return await room.show(request, draft, await room.author(request, signed, sight.unit), edit)

    @router.get("/intake/{draft}/verdicts")
    async def show_verdicts(sight: Seen, draft: UUID) -> Response:
        return await room.show_verdicts(draft, sight.unit)

    @router.post("/intake/{draft}/discarding")
    async def discard(request: Request, signed: Signed, sight: Seen, draft: UUID) -> Response:
        return await room.discard(request, draft, await room.author(request, signed, sight.unit))


def _add_change(router: APIRouter, room: Room, path: str, change: Callable[[Desk], Change]) -> None:
    @router.post(f"/intake/{{draft}}/{path}")
    async def do(request: Request, signed: Signed, sight: Seen, draft: UUID) -> Response:
        return await room.change(request, draft, await room.author(request, signed, sight.unit), change(room.desk))


TOLD = {"discarded": "Đã bỏ văn bản."}
