"""What the service can say of what a parked key holds back: above all the notices that are not sent."""

from services.notifications.domain.rules import RULES
from shared.sql import Queries
from shared.streaming.held import Outlook

_QUERIES = Queries("services.notifications", "sql/held.sql")

OUTLOOK = Outlook(_QUERIES["read_held"], risk="", parked_risk="untold", tells=frozenset(contract.NAME for contract in RULES))
