"""Who may use which endpoint: the one table that the gate and its test go by. A route without a line here is not served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.identity.principals import PERSON_ROLES, Role

Grant = Literal["all", "own"]
"""Everything; or only what concerns the asker's own unit (a publisher: its own facts)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use an endpoint, and how; a role that has no grant is refused.

    `is_open`: anybody, without signing in. `is_quiet`: pages ask by themselves, which keeps no session alive. `is_stream`: ends with the
    session. `opens`: the kind of thing that its first path parameter names, whose reading by others is written down in the audit log.
    """

    grants: Mapping[Role, Grant] = field(default_factory=dict)
    is_open: bool = False
    is_quiet: bool = False
    is_stream: bool = False
    opens: str = ""


_WHOLE: Mapping[Role, Grant] = {"operator": "all", "auditor": "all", "administrator": "all", "service": "all"}
_READ: Mapping[Role, Grant] = {**_WHOLE, "issuer_office": "own", "unit": "own"}
_KNOWN: Mapping[Role, Grant] = dict.fromkeys((*PERSON_ROLES, "service"), "all")
_PEOPLE: Mapping[Role, Grant] = dict.fromkeys(PERSON_ROLES, "all")
_ADMINISTRATOR: Mapping[Role, Grant] = {"administrator": "all"}
_AUDITORS: Mapping[Role, Grant] = {"auditor": "all", "administrator": "all"}
_PUBLISH: Mapping[Role, Grant] = {"publisher": "own", "service": "all"}
_RECEIPTS: Mapping[Role, Grant] = {**_WHOLE, "publisher": "own"}
_REGISTRY: Mapping[Role, Grant] = {"operator": "all", "administrator": "all", "service": "all"}
_KEEPERS: Mapping[Role, Grant] = {"operator": "all", "administrator": "all"}
_OVERSEERS: Mapping[Role, Grant] = {"operator": "all", "auditor": "all", "administrator": "all"}
_SAY_READ: Mapping[Role, Grant] = {"operator": "all", "issuer_office": "own", "unit": "own"}
_ACKNOWLEDGE: Mapping[Role, Grant] = {**_SAY_READ, "service": "all"}
_OWN_PAGES: Mapping[Role, Grant] = {**_KEEPERS, "issuer_office": "own", "unit": "own"}
_WEBHOOKS: Mapping[Role, Grant] = {**_OWN_PAGES, "service": "all"}

_TAKE_IN: Mapping[Role, Grant] = {"operator": "all", "administrator": "all", "issuer_office": "own"}
_OPEN = Rule(is_open=True)
_LIST = Rule(_READ)

PARKING = ("registrar", "directives", "deadlines", "notifications", "forwarder")
"""The schemas whose workers park what they cannot apply."""

_PARKED: Mapping[str, Rule] = {
    rule: grants
    for schema in PARKING
    for rule, grants in (
        (f"GET /parked/{schema}/records", Rule(_OVERSEERS, is_quiet=True)),
        (f"GET /parked/{schema}/record", Rule(_OVERSEERS)),
        (f"GET /parked/{schema}/cause", Rule(_OVERSEERS)),
        (f"GET /parked/{schema}/held", Rule(_OVERSEERS, is_quiet=True)),
        (f"POST /parked/{schema}/preview", Rule(_KEEPERS)),
        (f"POST /parked/{schema}/retry", Rule(_KEEPERS)),
        (f"POST /parked/{schema}/discard", Rule(_KEEPERS)),
    )
}

RULES: Mapping[str, Rule] = {
    # Before anybody is signed in.
    "GET /healthz": _OPEN,
    "GET /readyz": _OPEN,
    "GET /static": _OPEN,
    "GET /sign-in": _OPEN,
    "POST /sign-in": _OPEN,
    "GET /sign-in/provider": _OPEN,
    "GET /sign-in/return": _OPEN,
    # People, their accounts, the audit log.
    # The first page: the overview of directives, or wherever a service that is served alone begins.
    "GET /": _LIST,
    "GET /overview/content": Rule(_READ, is_quiet=True),
    "POST /sign-out": Rule(_PEOPLE),
    "GET /account": Rule(_PEOPLE),
    "POST /account/password": Rule(_PEOPLE),
    "POST /account/sessions/end": Rule(_PEOPLE),
    "GET /accounts": Rule(_ADMINISTRATOR),
    "POST /accounts": Rule(_ADMINISTRATOR),
    "POST /accounts/{name}/lock": Rule(_ADMINISTRATOR),
    "POST /accounts/{name}/unlock": Rule(_ADMINISTRATOR),
    "POST /accounts/{name}/password": Rule(_ADMINISTRATOR),
    "POST /accounts/{name}/role": Rule(_ADMINISTRATOR),
    "GET /audit": Rule(_AUDITORS),
    "GET /api/audit": Rule(_AUDITORS),
    # Publishing.
    "POST /api/events": Rule(_PUBLISH),
    "GET /api/events/{receipt}": Rule(_RECEIPTS),
    "GET /api/waiting": Rule(_RECEIPTS),
    "GET /api/openapi.json": Rule({**_KNOWN, "publisher": "all"}),
    # Directives.
    "GET /api/directives": _LIST,
    "GET /api/directives/{directive}": Rule(_READ, opens="directive"),
    "GET /api/directives/{directive}/timeline": Rule(_READ, opens="directive"),
    "GET /api/tasks": _LIST,
    "GET /api/tasks/{task}": Rule(_READ, opens="task"),
    "GET /api/plans/{plan}": Rule(_READ, opens="plan"),
    "GET /api/conferences": _LIST,
    "GET /api/indexes": Rule(_KNOWN),
    "GET /api/indexes/{index}": Rule(_KNOWN),
    # The registry is no secret; what units do is counted for those who see it.
    "GET /api/units": Rule(_KNOWN),
    "GET /api/units/{code}": _LIST,
    "GET /api/units/{code}/scorecard": _LIST,
    "POST /api/units": Rule(_REGISTRY),
    "POST /api/units/import": Rule(_REGISTRY),
    "POST /api/units/{code}/names": Rule(_REGISTRY),
    "POST /api/units/{code}/successors": Rule(_REGISTRY),
    "GET /registry": Rule(_KEEPERS),
    "POST /registry": Rule(_KEEPERS),
    "POST /registry/import": Rule(_KEEPERS),
    "GET /registry/{code}": Rule(_KEEPERS),
    "POST /registry/{code}/names": Rule(_KEEPERS),
    "POST /registry/{code}/successors": Rule(_KEEPERS),
    "GET /tasks": _LIST,
    "GET /tasks/table": Rule(_READ, is_quiet=True),
    "GET /tasks/stream": Rule(_READ, is_quiet=True, is_stream=True),
    "GET /tasks/{task}": Rule(_READ, opens="task"),
    "GET /tasks/{task}/content": Rule(_READ, is_quiet=True, opens="task"),
    "GET /plans/{plan}": Rule(_READ, opens="plan"),
    "GET /plans/{plan}/content": Rule(_READ, is_quiet=True, opens="plan"),
    "GET /directives": _LIST,
    "GET /directives/table": Rule(_READ, is_quiet=True),
    "GET /directives/{directive}": Rule(_READ, opens="directive"),
    "GET /directives/{directive}/content": Rule(_READ, is_quiet=True, opens="directive"),
    # Units: who they are, and what they have made of their tasks.
    "GET /units": _LIST,
    "GET /units/{code}": _LIST,
    "GET /units/{code}/content": Rule(_READ, is_quiet=True),
    # What could not be applied, was refused, or waits.
    **_PARKED,
    "GET /parked": Rule(_OVERSEERS),
    "GET /parked/stream": Rule(_OVERSEERS, is_quiet=True, is_stream=True),
    "GET /parked/refused": Rule(_OVERSEERS),
    "GET /parked/refused/table": Rule(_OVERSEERS, is_quiet=True),
    "GET /parked/refused/{receipt}": Rule(_OVERSEERS),
    "GET /parked/waiting": Rule(_OVERSEERS),
    "GET /parked/waiting/table": Rule(_OVERSEERS, is_quiet=True),
    # The calendar of conferences.
    "GET /conferences": _LIST,
    "GET /conferences/content": Rule(_READ, is_quiet=True),
    "GET /conferences/{conference}/calendar.ics": Rule(_READ, opens="conference"),
    # Letters in. An office sees the drafts that it began, and publishes what it issues.
    "POST /api/intake": Rule({**_TAKE_IN, "service": "all"}),
    "GET /intake": Rule(_TAKE_IN),
    "POST /intake": Rule(_TAKE_IN),
    "GET /intake/units": Rule(_TAKE_IN, is_quiet=True),
    "GET /intake/{draft}": Rule(_TAKE_IN),
    "GET /intake/{draft}/verdicts": Rule(_TAKE_IN, is_quiet=True),
    "POST /intake/{draft}/answers": Rule(_TAKE_IN),
    "POST /intake/{draft}/adding": Rule(_TAKE_IN),
    "POST /intake/{draft}/splitting": Rule(_TAKE_IN),
    "POST /intake/{draft}/dropping": Rule(_TAKE_IN),
    "POST /intake/{draft}/restoring": Rule(_TAKE_IN),
    "POST /intake/{draft}/publication": Rule(_TAKE_IN),
    "POST /intake/{draft}/reopening": Rule(_TAKE_IN),
    "POST /intake/{draft}/discarding": Rule(_TAKE_IN),
    # Files that something in sight names; whoever takes letters in also opens those of drafts.
    "GET /api/files/{sha256}": Rule(_READ, opens="file"),
    "GET /files/{sha256}": Rule(_READ, opens="file"),
    # Deadlines.
    "GET /api/deadlines": _LIST,
    "GET /api/deadlines/preview": Rule(_KNOWN),
    "GET /deadlines/preview": Rule(_KNOWN, is_quiet=True),
    "GET /api/deadlines/{deadline}": Rule(_READ, opens="deadline"),
    "GET /api/calendar/{year}": Rule(_KNOWN),
    # How units are reached.
    "GET /api/units/{code}/contacts": Rule(_READ, opens="contacts"),
    "PUT /api/units/{code}/contacts/{contact}": Rule(_REGISTRY),
    "DELETE /api/units/{code}/contacts/{contact}": Rule(_REGISTRY),
    "GET /units/{code}/contacts": Rule(_READ, opens="contacts"),
    "POST /units/{code}/contacts": Rule(_KEEPERS),
    "POST /units/{code}/contacts/{contact}/removal": Rule(_KEEPERS),
    # Webhooks: a unit keeps its own.
    "GET /api/webhooks": Rule(_WEBHOOKS),
    "POST /api/webhooks": Rule(_WEBHOOKS),
    "POST /api/webhooks/{webhook}/secret": Rule(_WEBHOOKS),
    "POST /api/webhooks/{webhook}/test": Rule(_WEBHOOKS),
    "POST /api/webhooks/{webhook}/enable": Rule(_WEBHOOKS),
    "DELETE /api/webhooks/{webhook}": Rule(_WEBHOOKS),
    "GET /webhooks/troubled": Rule(_OVERSEERS, is_quiet=True),
    "POST /units/{code}/webhooks": Rule(_OWN_PAGES),
    "POST /units/{code}/webhooks/{webhook}/{action}": Rule(_OWN_PAGES),
    # Who would be told, and how; of addresses it says nothing.
    "GET /notices/preview": Rule(dict.fromkeys((*_TAKE_IN, "service"), "all"), is_quiet=True),
    # What was sent to them, and what came of it.
    "GET /api/deliveries": _LIST,
    "GET /directives/{directive}/notices": Rule(_READ, is_quiet=True, opens="directive"),
    # Inboxes.
    "GET /api/units/{code}/inbox": Rule(_READ, opens="inbox"),
    "GET /api/units/{code}/inbox/stream": Rule(_READ, is_stream=True, is_quiet=True, opens="inbox"),
    "POST /api/units/{code}/inbox/{notice}/acknowledgement": Rule(_ACKNOWLEDGE),
    "GET /units/{code}/inbox": Rule(_READ, opens="inbox"),
    "GET /units/{code}/inbox/items": Rule(_READ, is_quiet=True, opens="inbox"),
    "POST /units/{code}/inbox/{notice}/acknowledgement": Rule(_SAY_READ),
    "GET /units/{code}/inbox/changes": Rule(_READ, is_stream=True, is_quiet=True, opens="inbox"),
}
"""Method and path, as the route has them, to who may."""
