"""Secrets of webhooks as the database keeps them: AES-256-GCM under a key of the environment, each bound to its webhook.

A secret that was copied to another webhook's row does not open there. Several keys may be given while one is replaced: the first one
encrypts, each of them opens.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import ConfigurationError, DondocError, RefusedError

SETTING = "DONDOC_SECRETS_KEY"
KEY_BYTES = 32
NONCE_BYTES = 12
FORM = b"\x01"
"""The first byte of what is stored: which form it has."""


class SealedSecretError(DondocError):
    """A stored secret does not open: the key of the environment is missing, or is another one than it was sealed with."""


class Vault:
    """Seals and opens secrets with the keys of the environment, none where it has none."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self._ciphers = [AESGCM(key) for key in keys]

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Vault":
        """Read the keys, or raise ConfigurationError where one is none."""
        return cls([_key_of(each) for each in environ.get("DONDOC_SECRETS_KEY", "").replace(",", " ").split()])

    @property
    def is_open(self) -> bool:
        """Tell whether there is a key."""
        return bool(self._ciphers)

    def seal(self, secret: bytes, webhook: UUID) -> bytes:
        """Return a secret as it is stored, or raise RefusedError where there is no key."""
        if not self._ciphers:
            reason = f"webhooks need {SETTING}, which secrets are encrypted with; see docs/settings.md"
            raise RefusedError("no-secrets-key", reason, "Hệ thống chưa được cấu hình khoá mã hoá, nên chưa tạo được webhook.")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return FORM + nonce + self._ciphers[0].encrypt(nonce, secret, webhook.bytes)

    def open(self, sealed: bytes, webhook: UUID) -> bytes:
        """Return a stored secret, or raise SealedSecretError."""
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        for cipher in self._ciphers if sealed[:1] == FORM else ():
            try:
                return cipher.decrypt(nonce, text, webhook.bytes)
            except InvalidTag:
                continue
        raise SealedSecretError(f"the secret of webhook {webhook} does not open; {SETTING} is not what it was sealed with")


def _key_of(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{SETTING} should be {KEY_BYTES} random bytes in base64, as `openssl rand -base64 32` makes them")
    return key
