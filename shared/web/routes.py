"""The routes of an app with their rules, matched in the order and by the patterns by which the app itself matches them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from shared.errors import FatalError
from shared.web.rules import RULES, Rule

if TYPE_CHECKING:
    import re


class Line(NamedTuple):
    """A route: what it matches, and who may use it."""

    path: str
    methods: frozenset[str]
    pattern: "re.Pattern[str]"
    rule: Rule


class Found(NamedTuple):
    """What a request asks for; `name` is its first path parameter, "" where it has none."""

    rule: Rule
    name: str


class Routes:
    """Finds the rule of a request; `lines` are all routes in order."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        plain = [(method, line.path) for line in lines if "{" not in line.path for method in line.methods]
        found = {each: self._search(*each) for each in plain}
        # Paths without parameters, most of all that of the ingress, are looked up and not searched.
        self._plain = {each: it for each, it in found.items() if it is not None}
        self._whole = {path for _, path in plain}

    def find(self, method: str, path: str) -> Found | None:
        """Return what a request asks for, None where there is no such route; a path that is one whole is no parameter's value."""
        if path in self._whole:
            return self._plain.get((method, path))
        return self._search(method, path)

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path takes."""
        lines = [line for line in self.lines if (line.path == path if path in self._whole else line.pattern.match(path))]
        return sorted({method for line in lines for method in line.methods})

    def _search(self, method: str, path: str) -> Found | None:
        for line in self.lines:
            matched = line.pattern.match(path) if method in line.methods else None
            if matched is not None:
                return Found(line.rule, next(iter(matched.groupdict().values()), ""))
        return None


def routes_of(app: FastAPI) -> Routes:
    """Return an app's routes with their rules; raises FatalError for one that the table does not name."""
    return Routes([_line(route.path or "", frozenset(route.methods or ("GET", "HEAD")), route.path_regex) for route in _contexts(app)])


def _contexts(app: FastAPI) -> list[Any]:
    return list(iter_route_contexts(app.routes))


def _line(path: str, methods: frozenset[str], pattern: "re.Pattern[str]") -> Line:
    rules = [RULES.get(f"{method} {path}") for method in sorted(methods - {"HEAD"})]
    if not rules or rules[0] is None or any(rule != rules[0] for rule in rules):
        names = ", ".join(f"{method} {path}" for method in sorted(methods))
        raise FatalError(f"{names}: shared/web/rules.py does not say who may use this route")
    return Line(path, methods, pattern, rules[0])
