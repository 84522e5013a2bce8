"""The office's clerk at the page of intake: uploads a letter, answers what it leaves open, publishes it as facts of the office."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import msgspec

from deploy.demo.defaults import Answer, Book, Value, answer
from deploy.demo.letters import Letter, tasks_of
from deploy.demo.settling import QUERIES
from deploy.demo.story import Answers, Names
from services.directives.intake.matching import Registry
from shared.errors import UnavailableError

if TYPE_CHECKING:
    import asyncpg

CLERK = "admin"
PUBLISH_SECONDS = 30.0
POLL_SECONDS = 0.05
MOST_ROUNDS = 6
"""How often new questions may come up by answers to earlier ones."""
_CSRF = re.compile(r'name="csrf-token" content="([0-9a-f]{64})"')

Json = dict[str, Any]


class Fact(msgspec.Struct, frozen=True):
    """A fact that was published of a draft, with its receipt once it has one."""

    event: Json
    receipt: str | None = None


class Taken(msgspec.Struct, frozen=True):
    """What a letter came to: names for the facts that go on from it, the receipts of those that it was published as."""

    names: Names
    receipts: tuple[str, ...]


class Intake:
    """One signed-in person; writes through the page's forms, looks at its own drafts in the database."""

    def __init__(self, client: httpx.AsyncClient, observer: "asyncpg.Connection[Any]", password: str) -> None:
        self._client = client
        self._observer = observer
        self._password = password
        self._csrf = ""

    async def sign_in(self) -> None:
        """Sign in, once."""
        if not self._csrf:
            form = {"name": CLERK, "password": self._password, "next": "/account"}
            await self._client.post("/sign-in", data=form, follow_redirects=True)
            found = _CSRF.search((await self._client.get("/account")).text)
            if found is None:
                raise UnavailableError(f"{CLERK} could not sign in")
            self._csrf = found[1]

    async def take_in(self, letter: Letter) -> UUID:
        """Upload a letter and return its draft."""
        await self.sign_in()
        file = (letter.file.name, letter.content, letter.file.media_type)
        await self._send("/intake", data={}, files={"file": file})
        found = await self._observer.fetchval(QUERIES["find_draft"], bytes.fromhex(letter.file.sha256))
        if found is None:
            raise UnavailableError(f"no draft was made of {letter.file.name}")
        return UUID(str(found))

    async def answer(self, draft: UUID, letter: Letter, registry: Registry, given: Answers, book: Book) -> list[Answer]:
        """Answer what the letter leaves open, until nothing more is asked, and return the answers."""
        answers: list[Answer] = []
        for _ in range(MOST_ROUNDS):
            proposal = letter.propose(await self._answers(draft), registry.match)
            asked = {each.question.about for each in answers}
            new = [answer(each, proposal, given, book) for each in proposal.questions if each.about not in asked]
            if not new:
                break
            for each in new:
                if each.is_given:
                    await self._answer(draft, each.question.about, each.value)
            answers += new
        for about, index in indexes_of(letter, given).items():
            await self._answer(draft, about, str(index))
        return answers

    async def _answer(self, draft: UUID, about: str, given: Value) -> None:
        value: Mapping[str, str] = {"none": "1"} if given is None else {"value": _typed(given)}
        await self._send(f"/intake/{draft}/answers", data={"about": about, **value, **await self._version(draft)})

    async def _answers(self, draft: UUID) -> Json:
        answers: Json = msgspec.json.decode(await self._observer.fetchval(QUERIES["read_draft_answers"], draft))
        return answers

    async def _version(self, draft: UUID) -> dict[str, str]:
        return {"version": str(await self._observer.fetchval(QUERIES["read_draft_version"], draft))}

    async def publish(self, draft: UUID) -> Taken:
        """Publish a draft and return what it came to; raises UnavailableError where facts have no receipt in time."""
        await self._send(f"/intake/{draft}/publication", data=await self._version(draft))
        facts: Sequence[Fact] = []
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                while not facts or any(fact.receipt is None for fact in facts):
                    await asyncio.sleep(POLL_SECONDS)
                    facts = msgspec.json.decode(await self._observer.fetchval(QUERIES["read_draft_facts"], draft), type=list[Fact])
        except TimeoutError:
            raise UnavailableError(f"draft {draft} was not published within {PUBLISH_SECONDS:g} s") from None
        return Taken(names_of([fact.event for fact in facts]), tuple(fact.receipt or "" for fact in facts))

    async def _send(self, path: str, data: Mapping[str, str], **more: Any) -> None:  # noqa: ANN401  httpx's own
        headers = {"X-CSRF-Token": self._csrf, "HX-Request": "true"}
        reply = await self._client.post(path, data={"csrf": self._csrf, **data}, headers=headers, **more)
        if reply.status_code >= httpx.codes.BAD_REQUEST:
            raise UnavailableError(f"{path} answered {reply.status_code}: {reply.text[:500]}")


def indexes_of(letter: Letter, given: Answers) -> Mapping[str, UUID]:
    """Return which index the plan of a task has to go through, by what is answered."""
    numbers = [task["number"]["value"] for task in tasks_of(letter.propose())]
    return {f"/document/tasks/{numbers.index(number)}/plan_requires/index": index for number, index in given.indexes.items()}


def _typed(value: str | int | list[str]) -> str:
    """Return an answer as people type it."""
    return "\n".join(value) if isinstance(value, list) else str(value)


def names_of(events: Sequence[Json]) -> Names:
    """Return what facts that go on from a letter call its parts."""
    tasks = {event["data"]["number"]: event for event in events if "task-assigned" in event["type"]}
    return Names(
        directive=next(event["subject"] for event in events if "directive-issued" in event["type"]),
        tasks={number: event["subject"] for number, event in tasks.items()},
        deadlines={number: event["data"]["deadlines"][0]["name"] for number, event in tasks.items() if event["data"].get("deadlines")},
    )


def show_answers(answers: Sequence[Answer]) -> list[str]:
    """Return the lines about what was asked and how it was answered."""
    if not answers:
        return []
    return ["Chỗ chưa rõ, hệ thống hỏi và được trả lời:", *(f"  ? {_asked(each)} → {each.said}" for each in answers)]


def _asked(given: Answer) -> str:
    """Return a question without what it tells about how to answer."""
    return given.question.text.partition(". ")[0].rstrip(".")
