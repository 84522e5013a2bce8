"""The documents and the code say the same: settings, links, commands, the example of the README, the names in the glossary."""

import inspect
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import jsonschema_rs
import msgspec
import pytest
from click import Group

from services.cli import dondoc
from services.directives.ingress import PATH, STRUCTURED
from shared.contracts import (
    FACTS,
    Contract,
    deadlines,
    directives,
    extensions,
    indexes,
    notifications,
    registry,
    tasks,
    type_of,
    types,
    verdicts,
    voiding,
    work,
)
from shared.contracts.types import DocumentType, Part
from shared.schemas import FOLDER, file_name

ROOT = Path(__file__).parents[2]
CODE = ("services", "shared", "deploy")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *DECISIONS])
CONTRACTS = (types, directives, tasks, work, extensions, indexes, deadlines, notifications, registry, verdicts, voiding)

CODE_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
OURS = re.compile(r"DONDOC_[A-Z]+(?:_[A-Z]+)*")
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)
DEFAULT = re.compile(r"""number\("([A-Z_]+)", (\d+)""")
REQUIRED = re.compile(r"""required\("([A-Z_]+)\"""")
QUOTED = re.compile(r'"([A-Z_]+)"')
COMPOSE_READS = re.compile(r"\$\{([A-Z_]+)")
MAKE_TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
MADE = re.compile(r"`make ([a-z]+)|^make ([a-z]+)", re.MULTILINE)
EXAMPLE = re.compile(r"^curl .*?^\s+-d '(\{.*?^\s*\})'$", re.MULTILINE | re.DOTALL)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def sources() -> str:
    files = [file for folder in CODE for file in sorted((ROOT / folder).rglob("*.py"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def settings() -> dict[str, str]:
    """Return the settings that the page lists, each with its default."""
    return dict(ROW.findall(read("docs/settings.md")))


def test_every_setting_of_ours_in_the_code_is_on_the_page() -> None:
    read_somewhere = "\n".join((sources(), read("docker-compose.yml"), read("deploy/Dockerfile"), read("Makefile")))
    assert set(OURS.findall(read_somewhere)) - settings().keys() == set()


def test_every_setting_on_the_page_is_read_somewhere() -> None:
    known = {*QUOTED.findall(sources()), *COMPOSE_READS.findall(read("docker-compose.yml"))}
    assert settings().keys() - known == set()


def test_the_page_of_settings_tells_the_defaults_of_the_code() -> None:
    told = settings()
    defaults = {name: default for name, default in DEFAULT.findall(sources()) if name in told}
    assert len(defaults) >= 6
    assert {name: told[name] for name in defaults} == {name: f"`{default}`" for name, default in defaults.items()}
    assert {told[name] for name in REQUIRED.findall(sources())} == {"required"}


def test_every_setting_is_listed_once() -> None:
    names = [name for name, _ in ROW.findall(read("docs/settings.md"))]
    assert sorted(set(names)) == sorted(names)


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that forges give to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", CODE_BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {_anchor_of(heading) for heading in headings}


def _anchor_of(heading: str) -> str:
    text = unicodedata.normalize("NFC", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def broken_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[good](page.md#here) [file](gone.md) [anchor](#there) [web](https://example.org)\n```\n[code](x)\n```\n")
    assert list(broken_links(page)) == ["gone.md", "#there"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(MAKE_TARGET.findall(read("Makefile")))
    named = {left or right for left, right in MADE.findall(page.read_text(encoding="utf-8"))}
    assert named <= targets


def test_the_readme_names_the_two_commands() -> None:
    for page in ("README.md", "README.vi.md"):
        assert {"demo", "test"} <= {left or right for left, right in MADE.findall(read(page))}


def commands() -> set[str]:
    """Return the commands of `dondoc`, those of its groups as "group command"."""
    names = set(dondoc.commands)
    for name, command in dondoc.commands.items():
        if isinstance(command, Group):
            names |= {f"{name} {each}" for each in command.commands}
    return names


def test_every_command_of_dondoc_is_told() -> None:
    told = read("docs/operations.md") + read("README.md") + read("CHANGELOG.md")
    assert {name for name in commands() if f"dondoc {name}" not in told} == set()


def example() -> bytes:
    """Return the event that the README publishes with curl."""
    (body,) = EXAMPLE.findall(read("README.md"))
    return str(body).encode()


def test_the_readmes_example_is_valid_by_its_schema() -> None:
    event = msgspec.json.decode(example())
    (contract,) = [each for each in FACTS if type_of(each) == event["type"]]
    schema = msgspec.json.decode((FOLDER / file_name(contract)).read_bytes())
    errors = [error.message for error in jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(event)]
    assert errors == []
    assert event["subject"] == event["partitionkey"]


def test_the_readmes_example_is_sent_where_and_as_the_ingress_takes_it() -> None:
    text = read("README.md")
    assert f"curl -sS $DONDOC_URL{PATH}" in text
    assert f'"Content-Type: {STRUCTURED}"' in text
    assert "Authorization: Bearer $DONDOC_API_KEY" in text


def names_of_contracts() -> set[str]:
    """Return the contracts and parts, their fields, and the values of their enumerations (but for the document types' abbreviations)."""
    names: set[str] = set()
    for module in CONTRACTS:
        for name, each in vars(module).items():
            if inspect.isclass(each) and issubclass(each, Contract | Part) and each not in (Contract, Part):
                names |= {each.__name__, *each.__struct_fields__}
            elif get_origin(each) is Literal and each is not DocumentType:
                names |= {name, *get_args(each)}
    return names


def test_every_name_of_the_contracts_has_a_row_in_the_glossary() -> None:
    told = set(re.findall(r"`([^`]+)`", read("docs/glossary.md")))
    assert names_of_contracts() - told == set()
    assert len(names_of_contracts()) > 100


def test_decisions_are_numbered_without_gaps_and_have_the_same_parts() -> None:
    assert [page.name[:5] for page in DECISIONS] == [f"{number:04d}-" for number in range(1, len(DECISIONS) + 1)]
    for page in DECISIONS:
        headings = re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], page.name
