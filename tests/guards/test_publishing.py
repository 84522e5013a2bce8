"""docs/publishing.md knows every way in which the door and the registrar say no, and its samples are facts."""

import re
from pathlib import Path

import msgspec
import pytest

from services.directives.admission import Stamp, admit
from services.directives.domain.reasons import REASONS
from services.directives.door_description import PROBLEMS
from services.publish_command import read_events
from tests.support.registry import NOW

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
DOOR, REGISTRAR = PAGE[PAGE.index("## Problems at the door") :].split("## Refusals by the registrar")
SAMPLES = sorted((ROOT / "samples" / "publishing").iterdir())
RAISED = re.compile(r"NotAdmittedError\(\s*(\d{3}), \"([a-z-]+)\"|problem\(\s*(\d{3}), \"([a-z-]+)\"")
DOOR_MODULES = (
    "services/directives/admission.py",
    "services/directives/binding.py",
    "services/directives/bodies.py",
    "shared/web/protocol.py",
)


def test_the_page_tells_every_problem_of_the_door() -> None:
    told = {(int(status), code) for code, status in re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", DOOR, re.MULTILINE)}
    assert told == {(status, code) for status, codes in PROBLEMS.items() for code in codes}


def test_the_description_tells_every_problem_that_the_door_raises() -> None:
    text = "\n".join((ROOT / module).read_text(encoding="utf-8") for module in DOOR_MODULES)
    raised = {(int(status or other), code or another) for status, code, other, another in RAISED.findall(text)}
    assert len(raised) > 8
    assert raised - {(status, code) for status, codes in PROBLEMS.items() for code in codes} == set()


def test_the_page_tells_every_refusal_of_the_registrar() -> None:
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", REGISTRAR, re.MULTILINE))
    missing = [f"| `{code}` | {re.sub(r'{[^}]+}', '…', reason)} |" for code, (reason, _) in REASONS.items() if code not in told]
    assert missing == [], "rows to add"
    assert told - REASONS.keys() == set(), "rows of codes that nobody uses"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_of_the_page_is_admitted_by_the_door(sample: Path) -> None:
    assert sample.name in PAGE
    for event in read_events(sample.read_bytes()):
        assert admit(msgspec.json.encode(event), Stamp(NOW, "api"), 4).key == event["partitionkey"].encode()
