"""Errors as `application/problem+json` (RFC 9457), and nothing else."""

import http
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.errors import DondocError, NotFoundError, RefusedError, UnavailableError
from shared.postgres import is_transient
from shared.web.headers import SECURE

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://dondoc.vn/problems/"

Member = str | int | Sequence[Mapping[str, str]]


def problem(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Member) -> Response:
    """Return a problem response with the headers of every answer; `code` is the stable end of its `type`."""
    body = {"type": TYPE_BASE + code, "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail, **members}
    return Response(msgspec.json.encode(body), status, {**SECURE, **(headers or {})}, media_type=MEDIA_TYPE)


def absent(error: Exception) -> Response:
    """Return the problem of something outside that is away for a while."""
    detail = str(error) if isinstance(error, UnavailableError) else f"a service that this depends on is away: {type(error).__name__}"
    return problem(503, "unavailable", detail, headers={"Retry-After": "1"})


def install_problems(app: FastAPI) -> None:
    """Answer every error of `app` with a problem."""
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(DondocError, _from_ours)
    for absence in (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        app.add_exception_handler(absence, _from_absence)
    app.add_exception_handler(Exception, _from_bug)


async def _from_http(_request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    code = http.HTTPStatus(status).phrase.lower().replace(" ", "-")
    return problem(status, code, str(getattr(error, "detail", "")) or code, headers=getattr(error, "headers", None))


async def _from_validation(_request: Request, error: Exception) -> Response:
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [{"pointer": "/" + "/".join(str(part) for part in each["loc"]), "problem": str(each["msg"])} for each in found]
    return problem(422, "invalid-request", "some parameters are wrong", fields=fields)


async def _from_ours(_request: Request, error: Exception) -> Response:
    match error:
        case NotFoundError():
            return problem(404, "not-found", str(error))
        case RefusedError():
            return problem(409, error.code, error.reason, reason_vi=error.reason_vi)
        case UnavailableError():
            return absent(error)
        case _:
            return problem(500, "internal-error", "the request failed; the log has the cause")


async def _from_absence(request: Request, error: Exception) -> Response:
    if not is_transient(error):
        logger.error("%s %s", request.method, request.url.path, exc_info=error)
        return await _from_bug(request, error)
    return absent(error)


async def _from_bug(_request: Request, _error: Exception) -> Response:
    return problem(500, "internal-error", "the request failed; the log has the cause")
