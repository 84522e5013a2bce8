"""Named queries, read out of `.sql` files."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Queries(Mapping[str, str]):
    """The queries of one `.sql` file by name; each opens with `-- name: …` and a line of intention."""

    def __init__(self, package: str, path: str = "sql/queries.sql") -> None:
        text = files(package).joinpath(path).read_text(encoding="utf-8")
        parts = _NAME.split(text)
        self._queries: dict[str, str] = dict(zip(parts[1::2], (body.strip() for body in parts[2::2]), strict=True))

    def __getitem__(self, name: str) -> str:
        """Return the text of a query, or raise KeyError."""
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._queries)

    def __len__(self) -> int:
        """Return how many queries the file holds."""
        return len(self._queries)
