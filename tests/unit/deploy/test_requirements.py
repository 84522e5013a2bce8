"""What the machine must have is told with the remedy."""

from pathlib import Path

import pytest

from deploy.local import requirements
from shared.errors import ConfigurationError


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_402"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("nonsense", 0),
    ],
)
def test_the_version_of_a_java_is_understood(tmp_path: Path, answer: str, version: int) -> None:
    assert requirements.java_version(program(tmp_path / "java", answer)) == version


def test_an_old_java_is_refused_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "java", 'openjdk version "11.0.2"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ConfigurationError, match="is Java 11, 17 or newer is needed: install it or set JAVA_HOME"):
        requirements.java()


def test_a_missing_java_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="Java 17 or newer is missing: install it"):
        requirements.java()


def test_a_missing_maven_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"Maven is missing.*apt install maven"):
        requirements.maven()


def test_too_little_disk_space_is_told_also_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    requirements.require_space(tmp_path / "new" / "folder", 1)
    with pytest.raises(ConfigurationError, match="1000000000 MiB are needed: free some"):
        requirements.require_space(tmp_path / "new" / "folder", 1_000_000_000)


def test_missing_jars_are_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_KAFKA_JARS", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"run `python3 -m deploy\.local\.bootstrap`"):
        requirements.kafka_jars()


def program(path: Path, answer: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}' >&2\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)
