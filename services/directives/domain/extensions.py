"""Deadlines: clarified by the issuer, and put off on request; which instant they fall on is none of the registry's business."""

from msgspec.structs import replace

from services.directives.domain import moves
from services.directives.domain.dates import day_of, shown
from services.directives.domain.facts import Claim, DeadlineFact, Fact, References
from services.directives.domain.issuing import require_not_before_issue
from services.directives.domain.naming import plain, require_free
from services.directives.domain.needs import require_extension, require_task
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, Extension
from services.directives.domain.tasks import require_deadline, require_lead
from shared.contracts.extensions import DeadlineClarified, ExtensionGranted, ExtensionRefused, ExtensionRequested


def judge(directive: Directive, fact: Fact, said: DeadlineFact, references: References) -> None:
    """Raise unless the fact about a deadline may be registered: FactWaitsError ahead of what it needs, else FactRefusedError."""
    match said:
        case DeadlineClarified():
            task = require_task(directive, fact.subject)
            moves.require(task, said.NAME, "/subject")
            require_deadline(task, said.name, "/data/name")
        case ExtensionRequested():
            _judge_request(directive, fact, said, references)
        case _:
            _judge_answer(directive, fact, said)


def _judge_answer(directive: Directive, fact: Fact, answer: ExtensionGranted | ExtensionRefused) -> None:
    request = require_extension(directive, fact.subject)
    moves.require(directive.tasks[request.task], answer.NAME, "/subject")
    if not request.is_open:
        raise refused("extension-not-open", "/subject")
    if isinstance(answer, ExtensionGranted):
        require_not_before_issue(directive, answer.last_good_day, "/data/last_good_day")


def _judge_request(directive: Directive, fact: Fact, request: ExtensionRequested, references: References) -> None:
    if fact.subject in directive.extensions:
        raise refused("extension-already-requested", "/subject")
    require_free(Claim("extension", str(fact.subject)), references)
    task = require_task(directive, request.task)
    require_lead(task, request.requested_by, "/data/requested_by")
    moves.require(task, request.NAME, "/data/task")
    require_deadline(task, request.name, "/data/name")
    asked = Extension(request.task, plain(request.name))
    if asked in directive.extensions.values():
        raise refused("extension-already-open", "/data/name", name=request.name)
    received_on = day_of(fact.received_at)
    if request.requested_day < received_on:
        raise refused("requested-day-passed", "/data/requested_day", day=shown(request.requested_day), received_on=shown(received_on))


def apply(directive: Directive, fact: Fact, said: DeadlineFact) -> Directive:
    """Return the directive with its requests for more time as they stand now."""
    match said:
        case DeadlineClarified():
            return directive
        case ExtensionRequested():
            standing = Extension(said.task, plain(said.name))
        case _:
            standing = replace(directive.extensions[fact.subject], is_open=False)
    return replace(directive, extensions={**directive.extensions, fact.subject: standing})
