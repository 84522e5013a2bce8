"""What the machine itself must have; standard library only, since the bootstrap asks before anything is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from shared.errors import ConfigurationError

PYTHON = (3, 11)
JAVA = 17
MIB = 1024 * 1024


def root() -> Path:
    """Return the project's folder."""
    return Path(__file__).resolve().parents[2]


def require_python() -> None:
    """Raise ConfigurationError unless this Python is new enough."""
    if sys.version_info < PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        wanted = ".".join(map(str, PYTHON))
        raise ConfigurationError(f"Python {found} is too old: install Python {wanted} or newer and run it as python3")


def require_space(directory: Path, mebibytes: int) -> None:
    """Raise ConfigurationError unless the file system of the directory has the space."""
    existing = next(path for path in [directory, *directory.parents] if path.exists())
    free = shutil.disk_usage(existing).free // MIB
    if free < mebibytes:
        raise ConfigurationError(
            f"{existing} has {free} MiB of free disk space, {mebibytes} MiB are needed: free some, or set TMPDIR to a larger disk"
        )


def java() -> str:
    """Return the path of a Java that is new enough: JAVA_HOME's, else the one on PATH."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if not found or not Path(found).exists():
        raise ConfigurationError(f"Java {JAVA} or newer is missing: install it (Debian: apt install default-jre-headless) or set JAVA_HOME")
    version = java_version(found)
    if version < JAVA:
        raise ConfigurationError(f"{found} is Java {version}, {JAVA} or newer is needed: install it or set JAVA_HOME")
    return found


def java_version(path: str) -> int:
    """Return the feature version of a Java: 17 of `17.0.15`, 8 of `1.8.0_402`."""
    answer = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(match.group(1)) if match else 0


def maven() -> str:
    """Return the path of Maven, or raise ConfigurationError."""
    found = shutil.which("mvn")
    if not found:
        raise ConfigurationError("Maven is missing, it fetches Kafka's jars: install it (Debian: apt install maven)")
    return found


def kafka_jars() -> Path:
    """Return the folder of Kafka's jars, or raise ConfigurationError when they were not fetched yet."""
    folder = Path(os.environ.get("DONDOC_KAFKA_JARS") or root() / "build" / "kafka" / "lib")
    if not list(folder.glob("kafka_2.13-*.jar")):
        raise ConfigurationError(f"Kafka's jars are missing in {folder}: run `python3 -m deploy.local.bootstrap` in the project's folder")
    return folder
