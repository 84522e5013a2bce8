"""Schemathesis asks every operation of the real gateway, on a real stack, what its description allows and what it forbids."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.requirements import root
from deploy.local.stack import Stack
from tests.support.door_story import publish, shows_everything
from tests.support.people import PASSWORD, add_person
from tests.support.waiting import eventually

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SUPPORT = root() / "tests" / "support"
SEED = "20260313"
UNITS = "^/api/units"
HALVES = ("--include-path-regex", "--exclude-path-regex")
"""One after the other: each operation is asked with a wrong key, too, and an address has twenty of these before it is told to wait."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Return a whole system that holds one small office's facts."""
    with Stack() as running:
        running.wait_ready(120)
        receipts = publish(running.url, running.api_key)
        assert {each["status"] for each in receipts} == {"registered", "refused", "waiting"}
        asyncio.run(eventually(lambda: shows_everything(running.url, running.api_key), 60))
        yield running


def bearer(stack: Stack) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.api_key}"}


def fuzz(stack: Stack, folder: Path, sign_in: str, *arguments: str) -> str:
    """Return what schemathesis says at its end; fails with its report where it found anything."""
    config, description = folder / "schemathesis.toml", folder / "openapi.json"
    description.write_bytes(httpx.get(f"{stack.url}/api/openapi.json", headers=bearer(stack)).content)
    config.write_text(f"{(SUPPORT / 'schemathesis.toml').read_text()}\n{sign_in}\n")
    command = [str(SCHEMATHESIS), "--config-file", str(config), "run", str(description), "--url", stack.url]
    options = ["--seed", SEED, "--no-color", "--request-timeout", "40", "--generation-deterministic", *arguments]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.support.schemathesis_hooks", "PYTHONPATH": str(root())}
    done = subprocess.run([*command, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    shown = "\n".join(line[:400] for line in done.stdout.splitlines())
    assert done.returncode == 0, f"{shown}\n{done.stderr}"
    return done.stdout


@pytest.mark.timeout(600)
def test_a_program_with_the_installations_key_finds_nothing_wrong(stack: Stack, tmp_path: Path) -> None:
    key = f'[auth.openapi.apiKey]\nbearer = "{stack.api_key}"'
    said = [fuzz(stack, tmp_path, key, "--exclude-path", "/api/audit", option, UNITS) for option in HALVES]
    document = httpx.get(f"{stack.url}/api/openapi.json", headers=bearer(stack)).json()
    described = sum(len(methods) for methods in document["paths"].values())
    tested = [int(number) for number in re.findall(r"Tested: (\d+)", "\n".join(said))]
    assert len(tested) == len(HALVES)
    assert sum(tested) == described - 2  # a stream does not end; the audit log is for people


def test_an_administrator_finds_nothing_wrong_in_what_only_people_may_read(stack: Stack, tmp_path: Path) -> None:
    asyncio.run(add_person(stack.infrastructure.postgres.dsn(), "quantri", "administrator"))
    with httpx.Client(base_url=stack.url) as client:
        client.post("/sign-in", data={"name": "quantri", "password": PASSWORD, "next": "/account"})
        (token,) = client.cookies.values()
    said = fuzz(stack, tmp_path, f'[auth.openapi.session]\napi_key = "{token}"', "--include-path", "/api/audit")
    assert "Tested: 1" in said


def test_afterwards_everything_is_still_ready(stack: Stack) -> None:
    stack.wait_ready(60)
