"""Facts about the sources: nothing unfinished, no host or path of anybody's machine, no name taken from another distribution."""

import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".sql", ".html", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".json", ".xml", ".lock", ".conf", ""}


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file() and (ROOT / name).suffix in TEXT]


def lines_with(pattern: str, files: list[Path]) -> list[str]:
    compiled = re.compile(pattern)
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if compiled.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    return found


def test_nothing_is_marked_unfinished() -> None:
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    assert lines_with(rf"\b({marks})\b", [file for file in tracked() if file.suffix in (".py", ".sql", ".html")]) == []


def test_no_registry_host_is_named() -> None:
    hosts = "|".join((r"py" + r"pi\.org", "python" + "hosted", r"registry\.np" + "mjs", r"repo1?\.ma" + "ven", r"deb\.deb" + r"ian\."))
    assert lines_with(hosts, tracked()) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert lines_with(r"(^|[\s\"'=(])/(wo" + r"rk|ro" + r"ot)/", tracked()) == []


def test_no_installed_distribution_claims_our_import_names() -> None:
    claimed = packages_distributions()
    for name in ("services", "shared"):
        assert set(claimed.get(name, ["dondoc"])) <= {"dondoc"}


def test_no_test_is_skipped_without_a_reason() -> None:
    skips = lines_with(r"pytest\.(skip|xfail)\(\)|mark\.(skip|xfail)(\(\))?$", [file for file in tracked() if "tests" in file.parts])
    assert skips == []
