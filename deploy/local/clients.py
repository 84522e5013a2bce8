"""What the tests of agencies' clients need beside the project: a Java client with its jars, a Node client with its packages."""

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
    node, npm = _node("node"), _node("npm")
    folder = CLIENTS / "node"
    with _only_one_at_a_time(), once(CLIENTS / "node.stamp", SOURCES / "node" / "package-lock.json") as is_needed:
        if is_needed:
            say("Installing the packages of the Node client")
            folder.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCES / "node" / name, folder / name)
            run("the Node client", [npm, "ci", "--prefix", str(folder), "--no-audit", "--no-fund"], "check the network and npm's registry")
    return ["env", f"NODE_PATH={folder / 'node_modules'}", node, str(SOURCES / "node" / "agency.js")]


def _node(program: str) -> str:
    found = shutil.which(program)
    if not found:
        raise ConfigurationError(f"{program} is missing: install Node {NODE} or newer with npm (Debian: apt install nodejs npm)")
    return found
