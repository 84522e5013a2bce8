"""The intake over the API: a file in, what is read in it and asked of it out; nothing of it is kept."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from python_multipart.multipart import parse_options_header

from services.directives.admission import NotAdmittedError
from services.directives.bodies import Bodies, Body
from services.directives.intake.desk import Desk
from services.directives.intake.documents import DOCX, PDF, TEXT
from services.directives.intake.matching import Candidate
from services.directives.intake.questions import Code
from services.directives.intake.secrecy import StateSecretError, is_secret
from services.directives.intake.uploads import MAX_NAME, Answered, read_bare
from shared.errors import RefusedError
from shared.web.openapi import answer
from shared.web.problems import problem

OCTETS = "application/octet-stream"
TAKEN = (TEXT, PDF, DOCX, OCTETS)
LETTER = """ỦY BAN NHÂN DÂN
TỈNH NAM SƠN
Số: 45/UBND-NC
V/v nâng cao Chỉ số cải cách hành chính năm 2026
Nam Sơn, ngày 02 tháng 3 năm 2026
Kính gửi: Sở Nội vụ
1. Sở Nội vụ báo cáo kết quả trước ngày 16/3/2026./.
"""
EXAMPLES = {TEXT: LETTER, PDF: "%PDF-1.7 …", DOCX: "PK…", OCTETS: LETTER}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}, "example": text} for kind, text in EXAMPLES.items()},
    }
}


Place = Annotated[list[int], msgspec.Meta(min_length=2, max_length=2, description="Where it stands: [start, end) in code points.")]


class Asked(msgspec.Struct):
    """A question as the description of the API has it."""

    about: str
    span: Place | None
    text: str
    code: Code
    is_required: bool
    candidates: list[Candidate]


class Told(msgspec.Struct):
    """An answer as the description of the API has it: a proposal in its JSON."""

    document: dict[str, Any]
    events: list[dict[str, Any]]
    questions: list[Asked]


def build_intake_api(desk: Desk, bodies: Bodies) -> APIRouter:
    """Return the route; `bodies` are those that all intakes share."""
    router = APIRouter(prefix="/api", tags=["intake"])

    @router.post("/intake", responses={200: answer(Told, "What the letter comes to")}, openapi_extra=BODY, response_class=Response)
    async def read_letter(
        request: Request, name: Annotated[str, Query(max_length=MAX_NAME, description="The file's name.")] = "van-ban"
    ) -> Response:
        """Read a letter (text, .docx, .pdf with a text layer) into proposed facts, matched with the registry; nothing is kept.

        The answer is that of `dondoc intake --json`. Plain text is UTF-8, or what `charset` of its Content-Type names.
        """
        body = bodies.of(request.scope, request.receive)
        try:
            told = await _read(desk, request, body, name)
        except NotAdmittedError as error:
            told = problem(error.status, error.code, error.detail, headers=error.headers)
        except RefusedError as error:
            told = problem(422, error.code, error.reason, reason_vi=error.reason_vi)
        finally:
            body.release()
        return Answered(told, body)

    return router


async def _read(desk: Desk, request: Request, body: Body, name: str) -> Response:
    kind, charset = _kind_of(request)
    if kind not in TAKEN:
        raise NotAdmittedError(415, "unsupported-media-type", f"send the file as {', '.join(TAKEN)}")
    upload = await read_bare(body, name)
    upload = replace(upload, fields={"encoding": charset})
    file, document = await desk.read(upload)
    proposal, _, _ = await desk.propose(document.text, file, {})
    if is_secret(proposal):
        raise StateSecretError
    return Response(msgspec.json.encode(proposal), media_type="application/json")


def _kind_of(request: Request) -> tuple[str, str]:
    """Return the media type of a request's body, and its charset where one is named."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    return kind.decode("latin-1"), options.get(b"charset", b"").decode("latin-1")
