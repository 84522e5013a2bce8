"""Kafka's address is taken apart in one place, and its password shows nowhere."""

import logging

import pytest

from shared.broker import Address, client_options, shown, sign_in_at
from shared.errors import ConfigurationError

SERVERS = "kafka-1:9092,kafka-2:9092"


def test_a_bare_address_signs_in_as_nobody() -> None:
    assert client_options(SERVERS) == {"bootstrap_servers": SERVERS}
    assert Address.parse(SERVERS).protocol == "PLAINTEXT"


@pytest.mark.parametrize(
    ("kind", "protocol", "mechanism"),
    [
        ("sasl", "SASL_PLAINTEXT", "PLAIN"),
        ("sasl+ssl", "SASL_SSL", "PLAIN"),
        ("scram", "SASL_PLAINTEXT", "SCRAM-SHA-512"),
        ("scram+ssl", "SASL_SSL", "SCRAM-SHA-512"),
    ],
)
def test_the_scheme_says_how_clients_sign_in(kind: str, protocol: str, mechanism: str) -> None:
    options = client_options(f"{kind}://dondoc:mat-khau@{SERVERS}")
    assert (options["security_protocol"], options["sasl_mechanism"]) == (protocol, mechanism)
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("dondoc", "mat-khau")
    assert options["bootstrap_servers"] == SERVERS
    assert (options["ssl_context"] is not None) == kind.endswith("+ssl")


def test_a_password_of_any_letters_comes_out_as_it_went_in() -> None:
    password = "m@t kh:ẩu/%2F"  # noqa: S105
    address = Address.parse(sign_in_at(SERVERS, "sở-nội-vụ", password))
    assert (address.user, address.password, address.servers) == ("sở-nội-vụ", password, SERVERS)


@pytest.mark.parametrize(
    "wrong", ["http://a:secret@b:1", "sasl://secret@b:1", "sasl://:secret@b:1", "sasl://a:secret@", "sasl+tls://a:secret@b:1"]
)
def test_a_wrong_address_is_refused_without_showing_its_password(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_KAFKA_BOOTSTRAP should be") as refused:
        client_options(wrong)
    assert "secret" not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    bootstrap = sign_in_at(SERVERS, "dondoc", "secret")
    assert shown(bootstrap) == SERVERS
    assert "secret" not in repr(Address.parse(bootstrap))


def test_only_the_warning_about_the_listener_that_we_chose_is_held_back(caplog: pytest.LogCaptureFixture) -> None:
    client_options(sign_in_at(SERVERS, "dondoc", "secret"))
    logger = logging.getLogger("aiokafka.conn")
    logger.warning("Sending username and password in the clear")
    logger.warning("Authentication failed")
    assert caplog.messages == ["Authentication failed"]
