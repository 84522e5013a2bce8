"""What is done with a letter: taken in, opened, answered, published, opened again; a state secret ends all of it at once."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.directives.api import Reader
from services.directives.intake import drafting, storage
from services.directives.intake.cabinet import Cabinet
from services.directives.intake.documents import Document, read_document
from services.directives.intake.drafting import Author, Draft, Json
from services.directives.intake.matching import Entry, Matching
from services.directives.intake.proposal import Proposal, propose
from services.directives.intake.publishing import Sender
from services.directives.intake.rounds import next_round
from services.directives.intake.secrecy import SecretFoundError, SecretPublishedError, StateSecretError, is_marked, is_secret, lock_file
from services.directives.intake.storage import StoredFile, name_content
from services.directives.intake.unit_book import UnitBook
from services.directives.intake.uploads import Upload
from services.directives.receipts import Receipt
from shared.contracts.types import File
from shared.envelope import decode
from shared.errors import RefusedError
from shared.identity.audit import record
from shared.web.forms import NUL


@dataclass(frozen=True)
class Opened:
    """A draft with what it comes to: the proposal, and the registry that it was matched with."""

    draft: Draft
    proposal: Proposal
    match: Matching
    entries: Mapping[UUID, Entry]


@dataclass(frozen=True)
class Desk:
    """What letters are taken in with; `reader` gives the open read model once the app runs."""

    open_reader: Callable[[], Reader]
    cabinet: Cabinet
    sender: Sender
    units: UnitBook
    parsers: asyncio.Semaphore

    async def read(self, upload: Upload) -> tuple[File, Document]:
        """Return a letter's text; raises RefusedError for what is none that can be read. Few are taken apart at once."""
        async with self.parsers:
            encoding = upload.fields.get("encoding") or None
            document = await asyncio.to_thread(read_document, upload.content, encoding=encoding)
        document = replace(document, text=document.text.replace(NUL, " "))
        file = File(sha256=name_content(upload.content), name=upload.name, media_type=document.media_type, size=len(upload.content))
        return file, document

    async def propose(self, text: str, file: File, answers: Json) -> tuple[Proposal, Matching, Mapping[UUID, Entry]]:
        """Return what a letter comes to with the units of the registry; raises RefusedError for an answer that cannot be meant."""
        registry, entries = await self.units.open(self.open_reader())
        return await asyncio.to_thread(propose, text, file, answers, registry.match), registry.match, entries

    async def take_in(self, upload: Upload, by: Author) -> tuple[UUID, bool]:
        """Keep a letter and begin its draft, or find the one that it has; return its id and whether it is new.

        Raises RefusedError for what cannot be read, StateSecretError where it bears a mark or was locked: then nothing was kept, unless
        the same file was published before (SecretPublishedError).
        """
        file, document = await self.read(upload)
        proposal, _, _ = await self.propose(document.text, file, {})
        if is_secret(proposal):
            await self.forget(file.sha256, by, size=file.size)
            raise StateSecretError
        pool = await self.cabinet.pool()
        if await storage.is_locked(pool, file.sha256) and not await drafting.has_draft(pool, file.sha256, None):
            raise StateSecretError
        stored = StoredFile(sha256=file.sha256, name=file.name, media_type=file.media_type, content=upload.content)
        return await drafting.begin(pool, stored, document.text, by)

    async def open(self, draft: UUID, by: Author) -> Opened:
        """Return a draft with its proposal, changing nothing but that the file of one that turns out to bear a mark is locked.

        Raises NotFoundError; SecretFoundError where it turns out to bear a mark, SecretPublishedError where it is published besides.
        """
        try:
            return await self._open(draft, by)
        except SecretFoundError as error:
            await lock_file(await self.cabinet.pool(), error.draft.sha256, by)
            raise

    async def open_to_change(self, draft: UUID, by: Author) -> Opened:
        """Return a draft with its proposal; deletes one that turns out to bear a mark, and raises StateSecretError then."""
        try:
            return await self._open(draft, by)
        except SecretFoundError as error:
            await self.forget(error.draft.sha256, by, size=error.draft.size)
            raise StateSecretError from error

    async def _open(self, draft: UUID, by: Author) -> Opened:
        found = await drafting.read_draft(await self.cabinet.pool(), draft, by.unit)
        return await self._opened(found, found.answers, by)

    async def _opened(self, draft: Draft, answers: Json, by: Author) -> Opened:
        proposal, match, entries = await self.propose(draft.text, file_of(draft), answers)
        if is_secret(proposal) or is_marked(answers) or draft.is_locked:
            if draft.facts:
                await lock_file(await self.cabinet.pool(), draft.sha256, by)
                raise SecretPublishedError
            raise SecretFoundError(draft)
        return Opened(draft, proposal, match, entries)

    async def answer(self, opened: Opened, answers: Json, by: Author) -> None:
        """Replace a draft's answers; raises RefusedError for those that cannot be meant, and where somebody else was first.

        A mark of state secrets deletes the draft (StateSecretError), unless it was published (SecretPublishedError).
        """
        try:
            await self._opened(opened.draft, answers, by)
        except SecretFoundError as error:
            await self.forget(opened.draft.sha256, by, size=opened.draft.size)
            raise StateSecretError from error
        await drafting.answer(await self.cabinet.pool(), opened.draft, answers, by)

    async def discard(self, draft: Draft, by: Author) -> None:
        """Discard an open draft; of one that bears a mark nothing is kept. Raises RefusedError."""
        proposal, _, _ = await self.propose(draft.text, file_of(draft), {})
        if is_secret(proposal) or is_marked(draft.answers) or draft.is_locked:
            await self.forget(draft.sha256, by, size=draft.size)
        else:
            await drafting.discard(await self.cabinet.pool(), draft, by)

    async def forget(self, sha256: str, by: Author, *, size: int) -> None:
        """Delete a file, its text and all answers, and say in the audit log that it was done, nothing of what it says.

        Where facts of a draft of it were put together, it is locked before anything is deleted, and SecretPublishedError raised.
        """
        async with (await self.cabinet.pool()).acquire(timeout=5) as connection, connection.transaction():
            is_published = await storage.is_published(connection, sha256)
            if not is_published:
                await storage.forget(connection, sha256)
                await storage.unlock(connection, sha256)
                await record(
                    connection, actor=by.actor, action="state-secret-deleted", object="intake", detail={"size": size}, address=by.address
                )  # fmt: skip
        if is_published:
            await lock_file(await self.cabinet.pool(), sha256, by)
            raise SecretPublishedError

    async def publish(self, opened: Opened, by: Author) -> None:
        """Publish what a draft comes to; what was sent already stays sent, so that a second time does no harm.

        Raises RefusedError while something has to be answered first, UnavailableError where Kafka is away.
        """
        draft, pool = opened.draft, await self.cabinet.pool()
        if draft.state == "open":
            require_publishable(opened, by)
            events = [decode(event) for event in encoded(opened.proposal)]
            facts = next_round(events, draft.facts, await self.sender.judged(draft.facts), draft.round)
            for fact in facts:
                self.sender.admitted(fact.event, by.at)
            await drafting.freeze(pool, draft, facts, by)
            draft = await drafting.read_draft(pool, draft.id, by.unit)
        if any(fact.receipt is None for fact in draft.facts):
            sent = await self.sender.send(draft.facts, by.at)
            await drafting.note_receipts(pool, draft, sent, by)

    async def reopen(self, draft: Draft, by: Author) -> None:
        """Open a published draft again where something of it was refused; raises RefusedError where nothing was."""
        verdicts = await self.sender.judged(draft.facts)
        if not any(verdict.refusal for verdict in verdicts.values()):
            raise RefusedError("nothing-refused", "nothing of it was refused", "Không có sự kiện nào bị từ chối nên không cần mở lại.")
        await drafting.reopen(await self.cabinet.pool(), draft, by)

    async def judged(self, draft: Draft) -> dict[str, Receipt]:
        """Return what became of a draft's facts, by the ids of their events."""
        return await self.sender.judged(draft.facts)


def file_of(draft: Draft) -> File:
    """Return a draft's letter as facts name it."""
    return File(sha256=draft.sha256, name=draft.name, media_type=draft.media_type, size=draft.size)


def encoded(proposal: Proposal) -> list[bytes]:
    """Return the events of a proposal as bytes."""
    return [drafting.as_bytes(event) for event in proposal.events]


def require_publishable(opened: Opened, by: Author) -> None:
    """Raise RefusedError while something has to be answered first, or where an office speaks for another issuer."""
    if not opened.proposal.is_publishable:
        raise RefusedError("not-answered", "questions are open", "Còn câu hỏi bắt buộc chưa trả lời.")
    issuer = issuer_of(opened.proposal)
    if by.unit is not None and issuer != str(by.unit):
        raise RefusedError("other-issuer", "the issuer is another unit", "Chỉ được công bố văn bản do đơn vị mình ban hành.")


def issuer_of(proposal: Proposal) -> Any:  # noqa: ANN401  any JSON
    """Return the issuer's id that a proposal names."""
    return proposal.events[0]["data"].get("issuer") if proposal.events else None
