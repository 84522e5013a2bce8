"""A page that is open in somebody's browser, as `live.js` keeps it: told by server-sent events, it fetches its fragment anew."""

import asyncio
import re
from collections.abc import Callable

import httpx

from shared.errors import UnavailableError

_SEEN = re.compile(r'data-seen="([^"]*)"')
_ROW = re.compile(r'id="task-([0-9a-f-]{36})"')


class Page:
    """The page of tasks with a unit chosen; `shown` is told each task that the page did not show before."""

    def __init__(self, client: httpx.AsyncClient, unit: str, shown: Callable[[str], None]) -> None:
        self._client = client
        self._chosen = {"unit": unit}
        self._shown = shown
        self._rows: set[str] = set()
        self._is_stale = asyncio.Event()
        self.is_open = False

    async def follow(self) -> None:
        """Open the page and keep it up to date until cancelled."""
        text = await self._get("/tasks")
        self._show(text)
        found = _SEEN.search(text)
        if found is None:
            raise UnavailableError("the page of tasks does not say what it has seen")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._refresh())
            await self._listen(found[1])

    async def _listen(self, seen: str) -> None:
        async with self._client.stream("GET", "/tasks/stream", params={"seen": seen}, timeout=None) as response:
            response.raise_for_status()
            self.is_open = True
            async for line in response.aiter_lines():
                if line.startswith("event: change"):
                    self._is_stale.set()
        raise UnavailableError("the stream of the page ended")

    async def _refresh(self) -> None:
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            self._show(await self._get("/tasks/table"))

    async def _get(self, path: str) -> str:
        answer = await self._client.get(path, params=self._chosen)
        answer.raise_for_status()
        return answer.text

    def _show(self, text: str) -> None:
        rows = set(_ROW.findall(text))
        for task in rows - self._rows:
            self._shown(task)
        self._rows |= rows
