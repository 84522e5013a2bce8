"""Where webhooks may be sent: forms of addresses, and which IP addresses count as public."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.destinations import (
    PUBLIC,
    Destination,
    Reach,
    UnfitDestinationError,
    is_public,
    parse_destination,
    refusal_of,
)

OWN = Reach((ip_network("10.20.0.0/16"), ip_network("fd00::/8"), ip_network("127.0.0.0/8")))
HTTPS = Destination("https://hook.example.vn/", "https", "hook.example.vn", 443)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "192.0.0.8", "192.0.0.9", "192.0.2.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "198.18.0.1", "198.19.255.255", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:0:53aa:64c::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1111%1",
    ],
)  # fmt: skip
def test_an_address_of_no_single_public_host_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    assert refusal_of([ip_address(address)], HTTPS, PUBLIC) == f"{ip_address(address)} is not a public address"


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.4.191", "172.15.255.255", "172.32.0.1", "2606:4700::1111", "2405:4800::1"])
def test_a_public_address_is_reached_by_https(address: str) -> None:
    assert refusal_of([ip_address(address)], HTTPS, PUBLIC) is None


def test_one_bad_address_spoils_the_others() -> None:
    assert refusal_of([ip_address("8.8.8.8"), ip_address("10.0.0.1")], HTTPS, PUBLIC) == "10.0.0.1 is not a public address"
    assert refusal_of([], HTTPS, PUBLIC) == "hook.example.vn has no address"


def test_the_installations_own_networks_are_reached_at_any_port_and_by_http_and_no_other() -> None:
    inside = Destination("http://hook.local:9000/", "http", "hook.local", 9000)
    assert refusal_of([ip_address("10.20.3.4"), ip_address("fd00::5")], inside, OWN) is None
    assert refusal_of([ip_address("10.21.3.4")], inside, OWN) == "10.21.3.4 is not a public address"
    assert refusal_of([ip_address("8.8.8.8")], inside, OWN) == "8.8.8.8 is outside the networks that may be reached by http"
    other_port = Destination("https://hook.example.vn:9000/", "https", "hook.example.vn", 9000)
    assert refusal_of([ip_address("8.8.8.8")], other_port, OWN) == "port 9000 is open within the installation's networks only"


def test_a_mapped_address_is_not_taken_for_the_ipv4_address_inside() -> None:
    assert refusal_of([ip_address("::ffff:10.20.3.4")], HTTPS, OWN) == "::ffff:a14:304 is not a public address"


@given(st.ip_addresses(v=4))
def test_no_form_that_carries_an_ipv4_address_is_public(inner: object) -> None:
    number = int(ip_address(str(inner)))
    forms = (number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80, 0x20010000 << 96 | number)
    assert not any(is_public(ip_address(each.to_bytes(16, "big"))) for each in forms)


@given(st.ip_addresses())
def test_what_is_public_is_global_and_never_multicast(address: object) -> None:
    parsed = ip_address(str(address))
    if is_public(parsed):
        assert parsed.is_global
        assert not any((parsed.is_multicast, parsed.is_private, parsed.is_reserved, parsed.is_loopback, parsed.is_link_local))


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://hook.example.vn/a?b=c", "hook.example.vn", 443),
        ("https://Hook.Example.VN:8443", "hook.example.vn", 8443),
        ("https://8.8.8.8/", "8.8.8.8", 443),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443),
        ("https://xn--phc-lng-xva2508b.vn/", "xn--phc-lng-xva2508b.vn", 443),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int) -> None:
    assert parse_destination(url, PUBLIC) == Destination(url, "https", host, port)


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example.vn/", "ftp://hook.example.vn/", "https:///a", "hook.example.vn", "", "//hook.example.vn/",
        "https://user@hook.example.vn/", "https://user:word@hook.example.vn/", "https://@hook.example.vn/",
        "https://hook.example.vn/#part", "https://hook.example.vn/#", "https://hook.example.vn:0/", "https://hook.example.vn:65536/",
        "https://hook.example.vn:x/", "https://hook.example.vn:22/", "https://hook.example.vn:80/", "https://hook.example.vn\\@evil.example/",
        "https://hook.example.vn/\r\nX-A: b", "https://hook .vn/", "https://phước-long.vn/", "https://a%2eb.vn/", "https://[::1]/",
        "https://127.0.0.1/", "https://[::ffff:8.8.8.8]/", "https://10.0.0.1:8443/", "https://[fe80::1%25eth0]/", "https://[8.8.8.8]/",
        "https://[v1.fe]/", "https://-a.vn/", "https://a,b.vn/",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://017700000001/", "https://010.8.8.8/",
        "https://8.8.8.8./", "https://8.8.8.256/", "https://1.2.3.4.5/", "https://hook.0xff/", "https://hook.1/", "https://1/",
        "https://[2606:4700::1111]x/", "https://[2606:4700::1111]:443:443/", "https://hook[2606:4700::1111]/", "https://hook.example.vn:443x/",
        "https://hook.example.vn:+443/", "https://hook.example.vn:%34%34%33/",
    ],
)  # fmt: skip
def test_an_address_that_no_webhook_may_have_is_refused(url: str) -> None:
    with pytest.raises(UnfitDestinationError, match=r"^value "):
        parse_destination(url, PUBLIC)


def test_http_and_other_ports_are_for_installations_with_networks_of_their_own() -> None:
    assert parse_destination("http://127.0.0.1:9000/hook", OWN).port == 9000
    assert parse_destination("http://hook.local/", OWN).port == 80
    with pytest.raises(UnfitDestinationError, match="not a public address"):
        parse_destination("http://192.168.1.1/", OWN)
