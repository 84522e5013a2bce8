"""An operator of the running system: registers a unit over HTTP, types `dondoc publishers`."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.stack import Stack
from shared.envelope import encode
from tests.support import facts
from tests.support.facts import COMMITTEE
from tests.support.publishers import Publisher

CODE = "H10.77"


@dataclass(frozen=True)
class Operator:
    """Whoever types commands at the running system."""

    stack: Stack

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = self.stack.processes["registrar"].launch.environment
        command = [str(Path(sys.executable).with_name("dondoc")), "publishers", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=90)

    def told(self, *words: str) -> str:
        answer = self.run(*words)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


def register_unit(stack: Stack) -> None:
    """Register the committee, as the operators of an installation do first."""
    value = encode(facts.event(facts.unit(CODE), key=COMMITTEE, subject=COMMITTEE, id="unit", received_at=None))
    headers = {"authorization": f"Bearer {stack.api_key}", "content-type": "application/cloudevents+json", "prefer": "wait=30"}
    answer = httpx.post(f"{stack.url}/api/events", content=value, headers=headers, timeout=40)
    assert answer.json()["status"] == "registered", answer.text


def found(pattern: str, text: str) -> str:
    """Return what a pattern's group matches; fails where it matches nothing."""
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def authorise(operator: Operator, slug: str) -> Publisher:
    """Give a publisher every right and access to Kafka, and return what it signs in with."""
    told = operator.told("add", slug, "--name", "Sở Nội vụ", "--all-units", "--all-types", "--kafka")
    password = found(r"password, shown this once: (\S+)\n", told)
    return Publisher(slug, operator.stack.infrastructure.kafka.agencies, password)
