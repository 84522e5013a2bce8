"""What the contracts' members mean and what a whole event looks like: the sentences and examples of every published schema."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from shared.contracts import Contract

ANY = "any"


@cache
def members() -> dict[str, dict[str, str]]:
    """Return the sentences by type and member; those under `any` hold for every type."""
    return tomllib.loads(files("shared.contracts").joinpath("members.toml").read_text(encoding="utf-8"))


def explain(owner: str, member: str) -> str | None:
    """Return what a member of a contract or part says; None where nobody has written it down yet."""
    known = members()
    return known.get(owner, {}).get(member) or known[ANY].get(member)


@cache
def example_of(contract: type[Contract]) -> dict[str, Any]:
    """Return a whole event of a contract as it is sent: of a fact as publishers do, of an event as our services do."""
    content = files("shared.contracts").joinpath("examples", f"{contract.NAME}.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(content)
    return found
