"""What a service could not apply, by cause: a fragment that lists the causes, a page for each, and decisions about all its keys at once.

A decision is shown before it is taken: its preview names the keys, and exactly those are decided then.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from shared.errors import NotFoundError
from shared.identity.principals import Principal
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from shared.streaming.bulk import Choice, choose, discard_all, find_keys, retry_all, try_all
from shared.streaming.causes import Group, ParkedKey, group_by_cause
from shared.streaming.held import Held, read_held, read_known
from shared.streaming.parked import list_parked_keys
from shared.web.access import Asker
from shared.web.forms import read_form
from shared.web.pages import Pages
from shared.web.parked_lot import NOT_STORED, Decider, Lot, lead_back, missing, read_place

SHOWN = 50
"""Keys that the page of a cause lists."""
MOST = 200
"""Keys that are decided about at once on a page; the command knows no limit."""
Cause = Annotated[str, Query(max_length=100)]


def add_groups(router: APIRouter, groups: "Groups") -> None:
    """Add the routes of a service's causes."""

    @router.get("/records")
    async def show_list() -> Response:
        return await groups.show_list()

    @router.get("/cause")
    async def show_cause(asker: Asker, code: Cause) -> Response:
        return await groups.show(asker, code)

    @router.get("/held")
    async def show_held(key: Annotated[str, Query(max_length=400)]) -> Response:
        return await groups.show_held(key)

    @router.post("/preview")
    async def preview(request: Request) -> Response:
        return await groups.preview(await read_form(request))


class Groups:
    """Shows what is parked by cause, and does what was decided about the keys of one."""

    def __init__(self, lot: Lot, pages: Pages) -> None:
        self._lot = lot
        self._pages = pages

    async def show_list(self) -> Response:
        """List the causes with what they hold back."""
        pool = await self._lot.pool()
        groups = group_by_cause(await list_parked_keys(pool))
        held = [await read_held(pool, self._lot.outlook, group.keys) for group in groups]
        return self._pages.answer("_parked.html", lot=self._lot, groups=list(zip(groups, held, strict=True)))

    async def show_held(self, key: str) -> Response:
        """Show what the service knows of a key that another one has parked."""
        things = await read_known(await self._lot.pool(), self._lot.outlook, [key.encode()])
        return self._pages.answer("_parked_elsewhere.html", lot=self._lot, held=Held(things))

    async def show(self, asker: Principal, code: str) -> Response:
        """Show the keys of a cause, or that it has none any more."""
        pool = await self._lot.pool()
        group = await self._find(pool, code)
        if group is None:
            return self._pages.refuse(404, "not-found", "nothing is parked for this cause")
        held = await read_held(pool, self._lot.outlook, group.keys)
        return self._answer("parked_cause.html", group=group, held=held, shown=SHOWN, may_decide=self._lot.lets_decide(asker), most=MOST)

    async def preview(self, form: Mapping[str, str]) -> Response:
        """Show what a decision about a cause would do, key by key, and ask whether it is to be done."""
        pool = await self._lot.pool()
        group = await self._find(pool, form.get("cause", ""))
        if group is None:
            return self._pages.refuse(404, "not-found", "nothing is parked for this cause")
        keys, action = group.keys[:MOST], form.get("action", "")
        if action != "discard":
            outcomes = [outcome async for outcome in try_all(Ledger(pool), self._lot.handlers, keys)]
            return self._answer("parked_preview.html", group=group, keys=keys, action="retry", outcomes=outcomes)
        return self._ask_why(group, keys, form)

    def _ask_why(self, group: Group, keys: Sequence[ParkedKey], form: Mapping[str, str], reason_vi: str = "") -> Response:
        is_whole, status = bool(form.get("whole")), 409 if reason_vi else 200
        return self._answer(
            "parked_preview.html", status=status, group=group, keys=keys, action="discard", outcomes=[], why=form.get("why", ""),
            is_whole=is_whole, records=sum(key.behind for key in keys) * is_whole + len(keys), reason_vi=reason_vi,
        )  # fmt: skip

    async def retry(self, decider: Decider, places: Sequence[str]) -> Response:
        """Apply the keys that a preview named again."""
        pool = await self._lot.pool()
        keys, note = await self._still_parked(pool, places), decider.note(self._lot, "parked-retried")
        outcomes = [each async for each in retry_all(Ledger(pool), self._lot.handlers, keys, by=decider.principal.actor, note=note)]
        failed = sum(bool(each.failed) for each in outcomes)
        return lead_back("partly" if failed else "retried", sum(each.decided for each in outcomes), failed)

    async def discard(self, decider: Decider, form: Mapping[str, str]) -> Response:
        """Take the keys that a preview named out, with a word why."""
        pool, why = await self._lot.pool(), form.get("why", "")
        keys = await self._still_parked(pool, form["places"].split())
        if (reason_vi := missing(form)) and keys:
            return self._ask_why(group_by_cause(keys)[0], keys, form, reason_vi)
        note = decider.note(self._lot, "parked-discarded", why)
        outcomes = discard_all(Ledger(pool), keys, by=decider.principal.actor, why=why, is_whole=bool(form.get("whole")), note=note)
        return lead_back("discarded", sum([each.decided async for each in outcomes]))

    async def _find(self, pool: Pool, code: str) -> Group | None:
        groups = group_by_cause(await choose(pool, Choice(cause=code))) if code else []
        return groups[0] if groups else None

    async def _still_parked(self, pool: Pool, places: Sequence[str]) -> list[ParkedKey]:
        """Return the keys at some places; those that somebody else decided about meanwhile are left out."""
        keys = []
        for place in places[:MOST]:
            try:
                keys += [key for key in await find_keys(pool, [read_place(place)]) if key.place == place]
            except NotFoundError:
                continue
        return keys

    def _answer(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401  what the template shows
        answer = self._pages.answer(template, status=status, lot=self._lot, **context)
        answer.headers.update(NOT_STORED)
        return answer
