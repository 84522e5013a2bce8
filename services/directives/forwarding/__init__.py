"""Forwarding: records of the publishers' own topics become records of the inbox, stamped with the publisher that their topic proves."""

from services.directives.forwarding.forwarder import Forwarder
from services.directives.forwarding.pace import Pace
from services.directives.forwarding.reading import TOPIC
from services.directives.forwarding.sending import InboxWriter

__all__ = ["TOPIC", "Forwarder", "InboxWriter", "Pace"]
