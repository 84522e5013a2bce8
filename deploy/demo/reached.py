"""What of the notices left the house: each once to each address, under an id that stays, and never one that Kafka does not hold."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar
from uuid import UUID

from deploy.demo.evidence import Evidence
from deploy.demo.topics import NOTICES
from shared.contracts import Contract
from shared.contracts.notifications import NoticeDelivered, NoticeFailed, NoticeIssued

Data = TypeVar("Data", bound=Contract)

BEYOND = ("mail", "webhook")
Ids = Mapping[str, Counter[str]]
"""How often each id was caught, by the channel that it came over."""


def count_caught(evidence: Evidence) -> Ids:
    """Return the ids of what was caught, one for each address that it went to."""
    mail = Counter(each.message_id.strip("<>").partition("@")[0] for each in evidence.mail for _ in each.recipients)
    return {"mail": mail, "webhook": Counter(each.id for each in evidence.webhooks)}


def find_unreached(evidence: Evidence) -> Iterator[str]:
    """Yield a line for each notice that did not arrive exactly once, was not told as delivered once, or that Kafka does not hold."""
    issued = {each.notice: each for each in _data(evidence, NoticeIssued) if each.channel in BEYOND}
    caught = count_caught(evidence)
    for notice in issued.values():
        found, addresses = caught[notice.channel][str(notice.notice)], evidence.contacts.get((notice.recipient, notice.channel), 0)
        if found != addresses:
            yield f"notice {notice.notice} was caught {found} times by {notice.channel}, its unit has {addresses} addresses"
    yield from _find_unknown(caught, issued)
    yield from _find_untold(evidence, issued)
    yield from (f"webhook {each.id} was not believed: {each.why}" for each in evidence.webhooks if not each.is_verified)


def _find_unknown(caught: Ids, issued: Mapping[UUID, NoticeIssued]) -> Iterator[str]:
    known = {(each.channel, str(notice)) for notice, each in issued.items()}
    for channel, ids in caught.items():
        yield from (f"{channel} {name!r} was caught, and Kafka holds no such notice" for name in ids if (channel, name) not in known)


def _find_untold(evidence: Evidence, issued: Mapping[UUID, NoticeIssued]) -> Iterator[str]:
    told = Counter(each.notice for each in _data(evidence, NoticeDelivered))
    yield from (f"the delivery of {notice} is in Kafka {told[notice]} times" for notice in issued.keys() | told.keys() if told[notice] != 1)
    yield from (f"notice {each.notice} ended as {each.outcome}: {each.reason}" for each in _data(evidence, NoticeFailed))


def _data(evidence: Evidence, contract: type[Data]) -> list[Data]:
    return [record.event.data for record in evidence.of(NOTICES) if isinstance(record.event.data, contract)]
