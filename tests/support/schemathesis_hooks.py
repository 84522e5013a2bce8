"""What schemathesis' own checks cannot tell of our API; read by it at its start."""

import re
from typing import Any

import schemathesis

ACCEPTED = (*range(200, 400), 401, 403, 404, 409, 429)
JUDGED_FURTHER = {
    ("POST", "/api/events"),
    ("POST", "/api/units/import"),
    ("PUT", "/api/units/{code}/contacts/{contact}"),
    ("POST", "/api/intake"),
}

DAY = re.compile(r"\d{4}-\d\d-\d\d")

for media_type in ("application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")


@schemathesis.check
def valid_requests_are_taken(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
    """Hold what is valid by the description against refusals, but for what a description cannot say.

    A cursor is whatever a list gave before, the ingress judges `data` by the schema of its type, a file has lines, a letter is
    text, Word's or a PDF, what a contact looks like depends on its kind, and a day is of our time (1945 to 2200).
    """
    assert ctx is not None
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    query = case.query or {}
    is_of_another_time = any(DAY.fullmatch(str(value)) and not "1945" <= str(value)[:4] <= "2200" for value in query.values())
    is_told_elsewhere = "cursor" in query or is_of_another_time or (case.method, case.path) in JUDGED_FURTHER
    if is_valid and not is_told_elsewhere:
        assert response.status_code in ACCEPTED, f"valid by the description, and yet {response.status_code}: {response.text[:300]}"
