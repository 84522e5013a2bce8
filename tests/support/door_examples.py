"""Makes the examples of the OpenAPI document anew, after an answer changed: `python -m tests.support.door_examples`.

A whole system takes the facts of the contracts' examples, and says what it answers; of each list the first item is kept. Examples of
what is written (POST, PUT, DELETE) are made by hand, and stay.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from deploy.local.requirements import root
from deploy.local.stack import Stack
from shared.web.openapi import PARAMETERS, operations_of
from tests.support.door_story import publish, shows_everything
from tests.support.waiting import eventually

FILES: Mapping[str, tuple[str, ...]] = {
    "services/deadlines": ("deadlines",),
    "services/notifications": ("inboxes", "contacts"),
    "services/directives": ("directives", "registry", "publishing"),
}
"""Whose operations have which tags; the door describes publishing itself, and the audit log's example is made by hand."""

BY_HAND = ("GET /api/events/{receipt}", "GET /api/audit")


def shortened(value: Any, depth: int = 0) -> Any:
    """Return an answer with the first item of its lists."""
    if isinstance(value, list):
        return [shortened(each, depth + 1) for each in value[:1]]
    if isinstance(value, dict):
        return {name: shortened(each, depth + 1) for name, each in value.items()}
    return value


def answers(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Return what every operation that reads answers, by tag and operation."""
    found: dict[str, dict[str, Any]] = {}
    places = {name: example for name, (_, example) in PARAMETERS.items() if example is not None}
    for key, operation in operations_of(client.get("/api/openapi.json").json()):
        method, _, path = key.partition(" ")
        if method == "GET" and key not in BY_HAND and "application/json" in operation["responses"]["200"]["content"]:
            answer = client.get(path.format(**places))
            if answer.status_code != httpx.codes.OK:
                sys.stderr.write(f"{key}: {answer.status_code} {answer.text}\n")
                continue
            found.setdefault(operation["tags"][0], {})[key] = {"response": shortened(answer.json())}
    return found


def write(folder: Path, made: Mapping[str, Any]) -> None:
    """Write a service's file; examples made by hand stay."""
    file = folder / "examples.json"
    kept = (
        {key: each for key, each in msgspec.json.decode(file.read_bytes()).items() if not key.startswith("GET ")} if file.exists() else {}
    )
    file.write_bytes(msgspec.json.format(msgspec.json.encode({**made, **kept}), indent=1) + b"\n")


def main() -> None:
    """Start a system, tell it the story, and write down what it answers."""
    with Stack() as stack:
        stack.wait_ready(120)
        publish(stack.url, stack.api_key)
        asyncio.run(eventually(lambda: shows_everything(stack.url, stack.api_key), 60))
        with httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {stack.api_key}"}) as client:
            found = answers(client)
    for folder, tags in FILES.items():
        write(root() / folder, {key: each for tag in tags for key, each in found.get(tag, {}).items()})


if __name__ == "__main__":
    main()
