"""Marks of state secrets: how a letter's mark is seen, and what is said of a letter that bears one."""

from services.directives.intake import storage
from services.directives.intake.answering import SECURITY
from services.directives.intake.drafting import Author, Draft, Json
from services.directives.intake.proposal import Proposal
from services.directives.intake.reading import read
from shared.errors import RefusedError
from shared.identity.audit import record
from shared.postgres import Pool

MARKS = ("mat", "toi-mat", "tuyet-mat")


class StateSecretError(RefusedError):
    """A letter bears a mark of state secrets: nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__(
            "state-secret", "a document with a mark of state secrets never enters this system; nothing of it was kept",
            "Văn bản mang dấu chỉ độ mật. Bí mật nhà nước không được đưa vào hệ thống này; tệp và nội dung đã bị xóa ngay.",
        )  # fmt: skip


class SecretFoundError(RefusedError):
    """A draft turns out to bear a mark: it is shown no more, and goes with the next thing that is done to it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            "state-secret-found", "the draft bears a mark of state secrets; it is not shown and has to be deleted",
            "Văn bản mang dấu chỉ độ mật nên không hiện nữa. Bí mật nhà nước không được để trong hệ thống này: hãy xóa ngay.",
        )  # fmt: skip
        self.draft = draft


class SecretPublishedError(RefusedError):
    """A letter with a mark was published: facts name its file, so that it takes more than deleting it here."""

    def __init__(self) -> None:
        super().__init__(
            "state-secret-published", "the letter was published; nothing of it was deleted, and nobody can open its file any more",
            "Văn bản mang dấu chỉ độ mật nhưng đã công bố nên không xóa ở đây được; chưa có gì bị xóa. "
            "Tệp gốc đã bị khóa, không ai mở được nữa. Hãy báo ngay người quản trị hệ thống.",
        )  # fmt: skip


def is_secret(proposal: Proposal) -> bool:
    """Tell whether a letter bears a mark of state secrets."""
    return any(question.code == "state-secret" for question in proposal.questions)


def bears_mark(text: str) -> bool:
    """Tell whether a letter's text bears a mark of state secrets."""
    return read(text).head.security.value != "none"


async def lock_file(pool: Pool, sha256: str, by: Author) -> None:
    """Let nobody open a file any more, and say so in the audit log, once."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        if await storage.lock(connection, sha256, at=by.at, by=by.actor):
            detail = {"sha256": sha256}
            await record(
                connection, actor=by.actor, action="state-secret-locked", object="intake", detail=detail, address=by.address
            )  # fmt: skip


def is_marked(answers: Json) -> bool:
    """Tell whether somebody answered that a letter bears a mark."""
    return answers.get(SECURITY) in MARKS
