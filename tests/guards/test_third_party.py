"""What the project brings along of others is named in NOTICE with its licence, and is unchanged."""

import hashlib
import re

from deploy.local.requirements import root

ENTRY = re.compile(r"^  (\S+)\n  SHA-256 ([0-9a-f]{64})$", re.MULTILINE)


def test_files_of_others_are_what_the_notice_says() -> None:
    entries = ENTRY.findall((root() / "NOTICE").read_text(encoding="utf-8"))
    assert {path: hashlib.sha256((root() / path).read_bytes()).hexdigest() for path, _ in entries} == dict(entries)


def test_every_minified_script_is_named_in_the_notice() -> None:
    named = {path for path, _ in ENTRY.findall((root() / "NOTICE").read_text(encoding="utf-8"))}
    found = {path.relative_to(root()).as_posix() for path in (root() / "shared" / "web" / "static").glob("*.min.*")}
    assert found
    assert found <= named
