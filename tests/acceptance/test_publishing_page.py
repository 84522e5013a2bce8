"""docs/publishing.md: its commands are run, in their order, against the whole system, and answer what the page says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.requirements import root
from deploy.local.stack import Stack

PAGE = root() / "docs" / "publishing.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
MARK = "@@@ "


def blocks() -> list[tuple[str, str]]:
    """Return each `sh` block with what the page shows after it, "" where it shows nothing."""
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    after = [*found[1:], ("", "")]
    return [
        (text, shown if kind in ("json", "text") else "") for (name, text), (kind, shown) in zip(found, after, strict=True) if name == "sh"
    ]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[int, str]]]:
    """Return the exit code and the output of each block, all run by one shell on a system of its own."""
    folder = tmp_path_factory.mktemp("publisher")
    shutil.copytree(root() / "samples" / "publishing", folder / "samples" / "publishing")
    with Stack(services=["gateway", "registrar"]) as stack:
        stack.wait_ready()
        yield run(stack, folder)


def run(stack: Stack, folder: Path) -> list[tuple[int, str]]:
    script = "\n".join(f"{text}\ncode=$?; echo; echo '{MARK}'$code" for text, _ in blocks())
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DONDOC_URL": stack.url,
        "DONDOC_API_KEY": stack.api_key, "DONDOC_KAFKA_BOOTSTRAP": stack.bootstrap, "DONDOC_POSTGRES_DSN": stack.dsn,
        "DONDOC_PARTITIONS": "4", "DONDOC_REPLICATION_FACTOR": "1",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-o", "pipefail"], input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    parts = re.split(rf"^{MARK}(\d+)\n", done.stdout, flags=re.MULTILINE)
    assert len(parts) == 2 * len(blocks()) + 1, done.stdout + done.stderr
    return [(int(code), text + done.stderr) for text, code in zip(parts[0::2], parts[1::2], strict=False)]


def is_like(told: Any, shown: Any) -> bool:
    """Tell whether an answer is what the page shows, where "…" stands for anything."""
    if shown == ANYTHING:
        return True
    if isinstance(shown, dict):
        return isinstance(told, dict) and told.keys() == shown.keys() and all(is_like(told[name], shown[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(told, list) and len(told) == len(shown) and all(map(is_like, told, shown))
    return bool(told == shown)


@pytest.mark.parametrize("number", range(len(blocks())))
def test_a_command_of_the_page_does_what_the_page_says(number: int, outputs: list[tuple[int, str]]) -> None:
    (_, shown), (code, output) = blocks()[number], outputs[number]
    assert code == 0, output
    if shown.lstrip().startswith(("{", "[")):
        told = json.loads(next(line for line in output.splitlines() if line.startswith(("{", "["))))
        assert is_like(told, json.loads(shown)), told
    else:
        assert shown.strip() in output


def test_the_page_shows_refusals_by_exit_codes_too(outputs: list[tuple[int, str]]) -> None:
    assert sum("refused, exit code 1" in output for _, output in outputs) == 1


def test_another_answer_than_the_page_shows_is_found() -> None:
    assert is_like({"receipt": "1-2", "status": "registered"}, {"receipt": ANYTHING, "status": "registered"})
    assert not is_like({"receipt": "1-2", "status": "refused"}, {"receipt": ANYTHING, "status": "registered"})
    assert not is_like({"receipt": "1-2"}, {"receipt": ANYTHING, "status": "registered"})
    assert not is_like([1], [1, 2])
