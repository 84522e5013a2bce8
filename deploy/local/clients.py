"""What tests need beside the project: a Java client with its jars, a Node client with its packages, what judges accessibility."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import requirements
from deploy.local.bootstrap import BUILD, ROOT, once, run, say
from shared.errors import ConfigurationError

SOURCES = ROOT / "tests" / "integration" / "kafka"
BROWSER = ROOT / "tests" / "browser" / "node"
CLIENTS = BUILD / "clients"
NODE = 20


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    CLIENTS.mkdir(parents=True, exist_ok=True)
    with (CLIENTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def java_client() -> list[str]:
    """Return the command that runs the Java client, fetched and compiled where it is not yet; raises ConfigurationError."""
    folder = CLIENTS / "java"
    with _only_one_at_a_time():
        with once(CLIENTS / "java-jars.stamp", SOURCES / "java" / "pom.xml") as is_needed:
            if is_needed:
                say("Fetching the jars of the Java client with Maven")
                shutil.rmtree(folder, ignore_errors=True)
                (CLIENTS / "java-classes.stamp").unlink(missing_ok=True)
                goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
                pom = str(SOURCES / "java" / "pom.xml")
                run("the Java client", [requirements.maven(), "-B", "-ntp", "-f", pom, *goal], "check the network and Maven's repository")
        with once(CLIENTS / "java-classes.stamp", SOURCES / "java" / "Agency.java") as is_needed:
            if is_needed:
                _compile(folder)
    return [
        requirements.java(),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "-cp",
        f"{folder / 'classes'}{os.pathsep}{folder}/*",
        "Agency",
    ]


def _compile(folder: Path) -> None:
    """Compile with Eclipse's compiler, which is a jar: a Java without a compiler of its own is enough."""
    jars = os.pathsep.join(str(jar) for jar in sorted(folder.glob("*.jar")))
    target = ["-source", "17", "-target", "17", "-encoding", "UTF-8", "-cp", jars, "-d", str(folder / "classes")]
    compiler = [requirements.java(), "-cp", jars, "org.eclipse.jdt.internal.compiler.batch.Main"]
    run("the Java client", [*compiler, *target, str(SOURCES / "java" / "Agency.java")], "see what the compiler says")


def node_client() -> list[str]:
    """Return the command that runs the Node client, its packages installed where they are not yet; raises ConfigurationError."""
    packages = _packages("node", SOURCES / "node", "the Node client")
    return ["env", f"NODE_PATH={packages}", _node("node"), str(SOURCES / "node" / "agency.js")]


def axe() -> Path:
    """Return the script that judges a page's accessibility, installed where it is not yet; raises ConfigurationError."""
    return _packages("axe", BROWSER, "the tests of pages") / "axe-core" / "axe.min.js"


def _packages(name: str, source: Path, whose: str) -> Path:
    """Install the packages that a folder's lock names, where they are not yet, and return where they are."""
    npm = _node("npm")
    folder = CLIENTS / name
    with _only_one_at_a_time(), once(CLIENTS / f"{name}.stamp", source / "package-lock.json") as is_needed:
        if is_needed:
            say(f"Installing the packages of {whose}")
            folder.mkdir(exist_ok=True)
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, folder / file)
            run(whose, [npm, "ci", "--prefix", str(folder), "--no-audit", "--no-fund"], "check the network and npm's registry")
    return folder / "node_modules"


def _node(program: str) -> str:
    found = shutil.which(program)
    if not found:
        raise ConfigurationError(f"{program} is missing: install Node {NODE} or newer with npm (Debian: apt install nodejs npm)")
    return found
