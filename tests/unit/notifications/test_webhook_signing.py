"""Signatures, proven by the receivers' own library of Standard Webhooks; and secrets as they are stored."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifications.webhooks.signing import headers_of, new_secret, sign, write_secret
from services.notifications.webhooks.vault import SealedSecretError, Vault
from shared.clock import system_clock
from shared.errors import ConfigurationError, RefusedError

ID = "5f0b7a1c-7f0e-5d0a-9d53-0f6f0a2b6d11"
BODY = '{"type":"notice.issued","data":{"title":"Quá hạn: nhiệm vụ số 1.b"}}'.encode()
FIRST, SECOND = UUID("c4000000-0000-4000-8000-000000000001"), UUID("c4000000-0000-4000-8000-000000000002")
KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))


async def test_a_receiver_verifies_what_we_sign() -> None:
    secret = new_secret()
    headers = headers_of([secret], ID, await system_clock(), BODY)
    assert Webhook(write_secret(secret)).verify(BODY, dict(headers)) == json.loads(BODY)
    assert headers["webhook-id"] == ID


async def test_during_a_rotation_either_secret_verifies_and_no_other_does() -> None:
    old, new = new_secret(), new_secret()
    headers = dict(headers_of([new, old], ID, await system_clock(), BODY))
    for secret in (old, new):
        Webhook(write_secret(secret)).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(write_secret(new_secret())).verify(BODY, headers)


async def test_another_body_id_or_instant_does_not_verify() -> None:
    secret, now = new_secret(), await system_clock()
    headers = dict(headers_of([secret], ID, now, BODY))
    receiver = Webhook(write_secret(secret))
    later = str(int(now.timestamp()) + 1)
    for body, more in ((BODY + b" ", {}), (BODY, {"webhook-id": "another"}), (BODY, {"webhook-timestamp": later})):
        with pytest.raises(WebhookVerificationError):
            receiver.verify(body, {**headers, **more})
    with pytest.raises(WebhookVerificationError):
        receiver.verify(BODY, dict(headers_of([secret], ID, now - timedelta(minutes=6), BODY)))


def test_the_specifications_example_is_signed_as_it_says() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200), st.integers(0, 2**33))
def test_a_signature_is_the_librarys(secret: bytes, body: bytes, timestamp: int) -> None:
    text = body.decode("latin-1").encode("ascii", "ignore")
    at = datetime.fromtimestamp(timestamp, UTC)
    assert sign(secret, ID, timestamp, text) == Webhook(secret).sign(ID, at, text.decode())


def test_a_secret_is_32_random_bytes_written_with_its_prefix() -> None:
    written = {write_secret(new_secret()) for _ in range(50)}
    assert len(written) == 50
    assert all(re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", each) for each in written)


def test_a_sealed_secret_opens_for_its_own_webhook_alone() -> None:
    vault, secret = Vault([KEY]), new_secret()
    sealed = vault.seal(secret, FIRST)
    assert secret not in sealed
    assert vault.open(sealed, FIRST) == secret
    assert vault.seal(secret, FIRST) != sealed
    with pytest.raises(SealedSecretError):
        vault.open(sealed, SECOND)
    with pytest.raises(SealedSecretError):
        Vault([OTHER_KEY]).open(sealed, FIRST)
    with pytest.raises(SealedSecretError):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), FIRST)
    with pytest.raises(SealedSecretError):
        vault.open(b"", FIRST)


def test_while_the_key_is_replaced_the_first_one_seals_and_each_opens() -> None:
    secret = new_secret()
    both = Vault([OTHER_KEY, KEY])
    assert both.open(Vault([KEY]).seal(secret, FIRST), FIRST) == secret
    assert Vault([OTHER_KEY]).open(both.seal(secret, FIRST), FIRST) == secret


def test_without_a_key_no_secret_is_kept_and_the_reason_is_said() -> None:
    vault = Vault.read({})
    assert not vault.is_open
    with pytest.raises(RefusedError, match="DONDOC_SECRETS_KEY"):
        vault.seal(new_secret(), FIRST)


def test_keys_are_read_from_the_environment() -> None:
    keys = ",".join(base64.b64encode(each).decode() for each in (KEY, OTHER_KEY))
    vault = Vault.read({"DONDOC_SECRETS_KEY": keys})
    assert vault.open(Vault([OTHER_KEY]).seal(b"secret", FIRST), FIRST) == b"secret"


@pytest.mark.parametrize("text", ["short", base64.b64encode(bytes(16)).decode(), "not base64 at all!"])
def test_what_is_no_key_stops_the_process(text: str) -> None:
    with pytest.raises(ConfigurationError, match="32 random bytes"):
        Vault.read({"DONDOC_SECRETS_KEY": text})
