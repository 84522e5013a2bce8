"""The courier as a process of its own that kills or stops itself at a named place (`python -m tests.support.courier_process`).

COURIER_TRAP names the place, `claimed`, `taken`, `writing` or `written`; COURIER_SIGNAL what it sends itself there (SIGKILL).
"""

import os
import signal
from collections.abc import Sequence
from typing import Any

from services.notifications.courier import main
from services.notifications.delivering import dispatch, endings
from services.notifications.delivering.channel import Message, Outcome
from services.notifications.delivering.claims import Claim
from services.notifications.delivering.claims import claim as _claim
from services.notifications.mail.channel import MailChannel
from services.notifications.webhooks.channel import WebhookChannel
from shared.processes import run_main

_left = [int(os.environ.get("COURIER_TIMES", "1"))]


def passing(place: str) -> None:
    """Send ourselves the signal where this is the place."""
    if os.environ.get("COURIER_TRAP") == place and _left[0] > 0:
        _left[0] -= 1
        os.kill(os.getpid(), getattr(signal, os.environ.get("COURIER_SIGNAL", "SIGKILL")))


_tell, _keep_at = endings._tell, endings._keep_at  # noqa: SLF001
_mail, _webhook = MailChannel.attempt, WebhookChannel.attempt


async def claim(*given: Any) -> list[Claim]:
    claims = await _claim(*given)
    if claims:
        passing("claimed")
    return claims


async def mail(self: MailChannel, message: Message) -> Outcome:
    outcome = await _mail(self, message)
    passing("taken")
    return outcome


async def webhook(self: WebhookChannel, message: Message) -> Outcome:
    outcome = await _webhook(self, message)
    passing("taken")
    return outcome


async def tell(work: Any, settled: Sequence[Any], at: Any) -> None:
    await _tell(work, settled, at)
    passing("writing")


async def keep_at(write: Any) -> None:
    await _keep_at(write)
    passing("written")


if __name__ == "__main__":
    vars(dispatch)["claim"] = claim
    vars(endings).update(_tell=tell, _keep_at=keep_at)
    MailChannel.attempt = mail  # type: ignore[method-assign]
    WebhookChannel.attempt = webhook  # type: ignore[method-assign]
    run_main(main)
