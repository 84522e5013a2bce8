"""Agencies' own systems in other languages, as processes that sign in at Kafka like any publisher."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.local.clients import java_client, node_client
from tests.support.publishers import Publisher

COMMANDS = {"java": java_client, "node": node_client}


@dataclass(frozen=True)
class Agency:
    """An agency's system in one language, signed in as one publisher."""

    language: str
    publisher: Publisher

    def run(self, *words: str, lines: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run the client to its end with lines as its input."""
        signed_in = {"KAFKA_SERVERS": self.publisher.servers, "KAFKA_USER": self.publisher.slug, "KAFKA_PASSWORD": self.publisher.password}
        text = "".join(f"{line}\n" for line in lines)
        return subprocess.run(
            [*COMMANDS[self.language](), *words], env={**os.environ, **signed_in}, input=text, capture_output=True, text=True,
            check=False, timeout=120, encoding="utf-8",
        )  # fmt: skip

    def publish(self, lines: Sequence[str], *, compression: str = "none", transactional_id: str = "") -> int:
        """Publish lines and return how many; fails unless the client says that all were acknowledged."""
        words = ["publish", self.publisher.topic, compression, *([transactional_id] if transactional_id else [])]
        answer = self.run(*words, lines=lines)
        assert answer.returncode == 0, answer.stderr
        return int(answer.stdout)

    def read_verdicts(self, count: int) -> list[str]:
        """Return the first verdicts, read in a group of the publisher's own."""
        answer = self.run("read", self.publisher.verdicts, f"{self.publisher.slug}.readers", str(count))
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.splitlines()
