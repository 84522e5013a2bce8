"""What the service can say of what a parked key holds back."""

from shared.sql import Queries
from shared.streaming.held import Outlook

_QUERIES = Queries("services.deadlines", "sql/held.sql")

OUTLOOK = Outlook(_QUERIES["read_held"], risk="stale", parked_risk="unset")
