"""What the workers of directives can say of what a parked key holds back."""

from shared.sql import Queries
from shared.streaming.held import Outlook

_READ_MODEL = Queries("services.directives", "sql/held.sql")
_REGISTRAR = Queries("services.directives", "sql/registrar/held.sql")

REGISTRAR = Outlook(_REGISTRAR["read_held"], risk="stale", parked_risk="unregistered")
READ_MODEL = Outlook(_READ_MODEL["read_held"], risk="unseen", parked_risk="unseen")
FORWARDER = Outlook(None, risk="unregistered", parked_risk="unregistered")
