"""Signatures of the Standard Webhooks (specification 1.0): HMAC-SHA256 over id, instant and body, in base64, after `v1,`.

While a secret is being rotated, a message bears the signature by each of the two, so that the receiver may change over when it likes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
"""How a secret begins when it is written down; base64 follows."""
SECRET_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> bytes:
    """Return a new random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def write_secret(secret: bytes) -> str:
    """Return a secret as its owner is told it, once."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message that is sent at an instant (in seconds of Unix time)."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers_of(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers of a message: its id, the instant of this attempt, and a signature by each key, the newest first."""
    timestamp = int(at.timestamp())
    signatures = " ".join(sign(key, message_id, timestamp, body) for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}
