"""`dondoc publishers` on the running system: rights, secrets printed once, access that works, and its end."""

import re
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from shared import kafka_access
from tests.support.operator import CODE, Operator, found, register_unit
from tests.support.publishers import Publisher, signs_in


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    with Stack(services=["gateway", "registrar"]) as stack:
        stack.wait_ready()
        register_unit(stack)
        yield Operator(stack)


def add(operator: Operator, slug: str, *words: str) -> str:
    return operator.told("add", slug, "--name", "Phòng Nội vụ", "--unit", CODE, "--type", "plan-submitted", *words)


async def test_an_added_publisher_has_rights_a_key_and_access_to_kafka(operator: Operator) -> None:
    told = add(operator, "phong-noi-vu", "--kafka", "--http")
    assert "phong-noi-vu is registered: version 1" in told
    assert found(r"API key, shown this once: (dd_\w{8}_\w{30})\n", told)
    password = found(r"password, shown this once: (\S{32})\n", told)
    kafka = operator.stack.infrastructure.kafka
    assert await signs_in(Publisher("phong-noi-vu", kafka.agencies, password).address)
    shown = operator.told("show", "phong-noi-vu")
    assert f"units: {CODE}" in shown
    assert "types: plan-submitted" in shown
    assert "user phong-noi-vu, 8 rules, 1048576 bytes a second" in shown
    assert password not in shown
    assert re.search(r"phong-noi-vu  Phòng Nội vụ  1 units, 1 types  from .* until no end  Kafka and HTTP", operator.told("list"))


async def test_a_rotated_password_replaces_the_old_one_and_old_keys_live_on_for_the_overlap(operator: Operator) -> None:
    before = found(r"password, shown this once: (\S+)\n", add(operator, "phong-tu-phap", "--kafka", "--http"))
    told = operator.told("rotate", "phong-tu-phap", "--kafka", "--http", "--overlap", "2")
    after = found(r"password, shown this once: (\S+)\n", told)
    kafka = operator.stack.infrastructure.kafka
    assert await signs_in(Publisher("phong-tu-phap", kafka.agencies, after).address)
    assert not await signs_in(Publisher("phong-tu-phap", kafka.agencies, before).address)
    keys = re.findall(r"API key \w{8}….*", operator.told("show", "phong-tu-phap"))
    assert [" ends " in key for key in keys] == [True, False]


async def test_a_revoked_publisher_has_neither_key_nor_access_and_its_rights_have_ended(operator: Operator) -> None:
    password = found(r"password, shown this once: (\S+)\n", add(operator, "phong-tai-chinh", "--kafka", "--http"))
    assert "phong-tai-chinh is revoked: version 2" in operator.told("revoke", "phong-tai-chinh")
    shown = operator.told("show", "phong-tai-chinh")
    assert "Kafka: no access" in shown
    assert "revoked 20" in shown
    assert "until no end" not in shown
    assert not await signs_in(Publisher("phong-tai-chinh", operator.stack.infrastructure.kafka.agencies, password).address)


def test_rights_that_are_given_again_replace_the_old_ones_and_keep_the_topics(operator: Operator) -> None:
    add(operator, "phong-y-te", "--kafka")
    told = operator.told("add", "phong-y-te", "--name", "Phòng Y tế", "--all-units", "--all-types", "--until", "2030-12-31")
    assert "version 2" in told
    shown = operator.told("show", "phong-y-te")
    assert "units: all" in shown
    assert "until 2031-01-01T00:00:00+07:00" in shown
    assert "publisher-authorised" not in shown
    assert "user phong-y-te, 8 rules" in shown


def test_rights_that_are_given_again_begin_when_the_old_ones_did_and_keep_their_limit(operator: Operator) -> None:
    add(operator, "phong-giao-duc", "--kafka")
    began = found(r"from (\S+)", operator.told("show", "phong-giao-duc"))
    operator.told("limit", "phong-giao-duc", "--bytes-per-second", "65536")
    add(operator, "phong-giao-duc", "--kafka")
    shown = operator.told("show", "phong-giao-duc")
    assert found(r"from (\S+)", shown) == began
    assert "65536 bytes a second" in shown


def test_limits_are_changed_one_by_one(operator: Operator) -> None:
    add(operator, "phong-van-hoa", "--kafka")
    operator.told("limit", "phong-van-hoa", "--bytes-per-second", "65536", "--events-per-second", "5")
    operator.told("limit", "phong-van-hoa", "--burst", "20")
    shown = operator.told("show", "phong-van-hoa")
    assert "65536 bytes a second" in shown
    assert "limits over HTTP: 5 events per second, 20 burst" in shown


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("add", "dondoc", "--name", "x", "--all-units", "--all-types"), "a name of the installation's own"),
        (("add", "Phòng", "--name", "x", "--all-units", "--all-types"), "should be 2 to 40 small letters"),
        (("add", "phong-la", "--name", "x", "--unit", "H10.99", "--all-types"), "no unit 'H10.99'"),
        (("add", "phong-la", "--name", "x", "--all-types"), "either --unit CODE"),
        (("add", "phong-la", "--name", "x", "--all-units"), "either --type NAME"),
        (("add", "phong-la", "--name", "x", "--all-units", "--type", "publisher-authorised"), "is not one of"),
        (("show", "phong-la"), "no publisher 'phong-la'"),
        (("revoke", "phong-la"), "no publisher 'phong-la'"),
        (("rotate", "phong-la", "--http"), "no publisher 'phong-la'"),
        (("rotate", "phong-la"), "say --http, --kafka, or both"),
        (("limit", "phong-la"), "name at least one limit"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(operator: Operator, words: tuple[str, ...], complaint: str) -> None:
    answer = operator.run(*words)
    assert answer.returncode != 0
    assert complaint in answer.stderr
    assert "phong-la" not in operator.told("list")
    assert not kafka_access.read_access(operator.stack.bootstrap, "phong-la").has_user


def test_a_publisher_is_revoked_before_its_rights_have_begun(operator: Operator) -> None:
    operator.told("add", "so-sap-co", "--name", "Sở sắp có", "--all-units", "--type", "task-received", "--from", "2099-01-01")
    operator.told("revoke", "so-sap-co")
    assert "so-sap-co is revoked" in operator.told("revoke", "so-sap-co")
