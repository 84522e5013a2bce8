"""What each worker's service can say of what a parked key holds back, by its schema."""

from collections.abc import Mapping

from services.deadlines.held import OUTLOOK as DEADLINES
from services.directives.held import FORWARDER, READ_MODEL, REGISTRAR
from services.notifications.held import OUTLOOK as NOTIFICATIONS
from shared.streaming.held import Outlook

OUTLOOKS: Mapping[str, Outlook] = {
    "registrar": REGISTRAR,
    "directives": READ_MODEL,
    "deadlines": DEADLINES,
    "notifications": NOTIFICATIONS,
    "forwarder": FORWARDER,
}
