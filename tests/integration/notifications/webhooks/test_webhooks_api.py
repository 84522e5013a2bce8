"""Webhooks over HTTP: added with a secret told once, rotated, tried, disabled and enabled, each unit its own."""

import json
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifications.contacts import Author
from services.notifications.domain.destinations import PUBLIC
from services.notifications.handlers import DIRECTIVES
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.store import Change, disable_webhook, note_failure, read_signing
from services.notifications.webhooks.vault import Vault
from shared.clock import system_clock
from shared.postgres import Pool
from tests.integration.notifications.webhooks.conftest import LOCAL, House, housed
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, OFFICE, assigned, event
from tests.support.receivers import Receiver, receiving, status

URL = "https://hook.example.vn:8443/dondoc"
AUDIT = "SELECT action, object, actor, detail::text AS detail FROM identity.audit WHERE action LIKE 'webhook-%' ORDER BY id"


async def added(client: httpx.AsyncClient, url: str = URL, unit: str = "H10.21.3") -> tuple[str, str]:
    """Add a webhook, and return its id and its secret."""
    answer = await client.post("/api/webhooks", json={"unit": unit, "url": url, "label": "Một cửa"})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["webhook"]["id"], answer.json()["secret"]


async def listed(client: httpx.AsyncClient, query: str = "") -> list[tuple[str, str, str]]:
    answer = await client.get(f"/api/webhooks{query}")
    assert "whsec_" not in answer.text
    return [(item["unit_code"], item["url"], item["state"]) for item in answer.json()["items"]]


def local(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.port}/hook"


async def test_a_webhook_is_added_listed_and_removed_and_its_secret_is_told_once(house: House, pool: Pool) -> None:
    async with house.program() as client:
        webhook, secret = await added(client)
        assert await listed(client) == await listed(client, "?unit=H10.21.3") == [("H10.21.3", URL, "enabled")]
        assert await listed(client, "?unit=H10.21.1") == []
        assert (await client.delete(f"/api/webhooks/{webhook}")).status_code == 204
        assert await listed(client) == []
        assert (await client.delete(f"/api/webhooks/{webhook}")).status_code == 404
    rows = await pool.fetch(AUDIT)
    assert [(row["action"], row["object"], row["actor"]) for row in rows] == [
        ("webhook-added", f"contacts:{HOME_AFFAIRS}", "key:api"), ("webhook-removed", f"contacts:{HOME_AFFAIRS}", "key:api"),
    ]  # fmt: skip
    assert all(URL not in row["detail"] and secret not in row["detail"] for row in rows)
    assert await pool.fetchval("SELECT count(*) FROM webhook_secret") == 0


async def test_the_database_holds_no_secret_in_the_clear(house: House, pool: Pool) -> None:
    async with house.program() as client:
        webhook, secret = await added(client)
    stored = await pool.fetchval("SELECT secret FROM webhook_secret")
    assert Webhook(secret)._whsecret not in stored  # noqa: SLF001  the bytes behind the written form
    assert LOCAL.vault.open(stored, UUID(webhook)) == Webhook(secret)._whsecret  # noqa: SLF001


async def test_the_same_webhook_twice_is_refused(house: House) -> None:
    async with house.program() as client:
        await added(client)
        answer = await client.post("/api/webhooks", json={"unit": "H10.21.3", "url": URL})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "contact-twice")
        await added(client, unit="H10.21.1")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:word@hook.example.vn/", "https://hook.example.vn/#a", "ftp://hook.example.vn/", "https://10.0.0.1/", "not an address",
        "https://[::1]/", "http://192.168.1.1/",
    ],
)  # fmt: skip
async def test_an_address_that_no_webhook_may_have_is_refused_with_its_reason(house: House, url: str) -> None:
    async with house.program() as client:
        answer = await client.post("/api/webhooks", json={"unit": "H10.21.3", "url": url})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "unfit-destination")
        assert answer.json()["detail"].startswith("value ")
        assert await listed(client) == []


async def test_without_a_key_no_webhook_is_made_and_the_answer_says_what_is_missing(migrated: str, units: None) -> None:  # noqa: ARG001
    async with housed(migrated, WebhookSettings(PUBLIC, Vault(), LOCAL.tls)) as house, house.program() as client:
        answer = await client.post("/api/webhooks", json={"unit": "H10.21.3", "url": URL})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "no-secrets-key")
        assert "DONDOC_SECRETS_KEY" in answer.json()["detail"]
        assert await listed(client) == []


async def test_a_trial_is_signed_and_tells_what_came_of_it(house: House, pool: Pool) -> None:
    async with receiving() as receiver, house.program() as client:
        webhook, secret = await added(client, local(receiver))
        trial = (await client.post(f"/api/webhooks/{webhook}/test")).json()
    assert (trial["outcome"], trial["code"]) == ("delivered", "204")
    (request,) = receiver.requests
    said = Webhook(secret).verify(request.body, request.headers)
    assert (said["type"], said["data"]) == ("webhook.ping", {"unit": "H10.21.3"})
    assert json.loads((await pool.fetch(AUDIT))[-1]["detail"]) == {"webhook": webhook, "outcome": "204"}


async def test_a_trial_does_not_tell_what_a_name_leads_to_inside_the_house(migrated: str, units: None) -> None:  # noqa: ARG001  registered before
    settings = WebhookSettings(PUBLIC, LOCAL.vault, LOCAL.tls)
    async with housed(migrated, settings) as house, house.person("unit", HOME_AFFAIRS) as client:
        webhook, _ = await added(client, "https://localhost/")
        trial = (await client.post(f"/api/webhooks/{webhook}/test")).json()
    assert (trial["outcome"], trial["code"], trial["detail"]) == ("deferred", "not-allowed", "")


async def test_a_trial_that_fails_disables_nothing(house: House) -> None:
    async with receiving(status("410 Gone", body="ended")) as receiver, house.program() as client:
        webhook, _ = await added(client, local(receiver))
        trial = (await client.post(f"/api/webhooks/{webhook}/test")).json()
        assert (trial["outcome"], trial["code"], trial["detail"]) == ("refused", "410", "ended")
        assert [state for _, _, state in await listed(client)] == ["enabled"]


async def test_a_rotation_signs_with_both_secrets_for_a_day_and_a_second_one_ends_the_first(house: House, pool: Pool) -> None:
    async with receiving() as receiver, house.program() as client:
        webhook, first = await added(client, local(receiver))
        second = (await client.post(f"/api/webhooks/{webhook}/secret")).json()
        await client.post(f"/api/webhooks/{webhook}/test")
        third = (await client.post(f"/api/webhooks/{webhook}/secret")).json()["secret"]
        await client.post(f"/api/webhooks/{webhook}/test")
    during, after = receiver.requests
    assert len(during.headers["webhook-signature"].split(" ")) == len(after.headers["webhook-signature"].split(" ")) == 2
    for secret, request in ((first, during), (second["secret"], during), (second["secret"], after), (third, after)):
        Webhook(secret).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(after.body, after.headers)
    assert second["webhook"]["previous_until"] is not None
    signing = await read_signing(pool, UUID(webhook), await system_clock() + timedelta(hours=24, seconds=1))
    assert signing is not None
    assert [LOCAL.vault.open(each, UUID(webhook)) for each in signing.sealed] == [Webhook(third)._whsecret]  # noqa: SLF001


async def test_a_webhook_that_was_put_as_a_contact_gets_its_secret_by_a_rotation(house: House) -> None:
    contact = "c4000000-0000-4000-8000-000000000001"
    async with house.program() as client:
        await client.put(f"/api/units/H10.21.3/contacts/{contact}", json={"kind": "webhook", "value": URL})
        assert await listed(client) == [("H10.21.3", URL, "no-secret")]
        assert (await client.post(f"/api/webhooks/{contact}/test")).json()["code"] == "no-secret"
        assert (await client.post(f"/api/webhooks/{contact}/secret")).json()["secret"].startswith("whsec_")
        assert await listed(client) == [("H10.21.3", URL, "enabled")]


async def test_a_disabled_webhook_is_enabled_again(house: House, pool: Pool) -> None:
    async with house.program() as client:
        webhook, _ = await added(client)
        assert await disable_webhook(pool, UUID(webhook), URL, "gone", Change(Author("service:courier", None), await system_clock()))
        assert await listed(client) == [("H10.21.3", URL, "disabled")]
        item = (await client.get("/api/webhooks")).json()["items"][0]
        assert (item["disabled_why"], item["disabled_at"] is None) == ("gone", False)
        answer = await client.post(f"/api/webhooks/{webhook}/enable")
        assert (answer.status_code, answer.json()["state"], answer.json()["disabled_at"]) == (200, "enabled", None)
    assert [row["action"] for row in await pool.fetch(AUDIT)] == ["webhook-added", "webhook-disabled", "webhook-enabled"]


async def test_what_was_wrong_with_an_address_is_forgotten_where_the_webhook_moves_to_another_one(house: House, pool: Pool) -> None:
    async with house.program() as client:
        webhook, _ = await added(client)
        await note_failure(pool, UUID(webhook), URL, await system_clock() - timedelta(days=6))
        assert await disable_webhook(pool, UUID(webhook), URL, "failing", Change(Author("service:courier", None), await system_clock()))
        place = f"/api/units/H10.21.3/contacts/{webhook}"
        await client.put(place, json={"kind": "webhook", "value": URL, "label": "Một cửa mới"})
        item = (await client.get("/api/webhooks")).json()["items"][0]
        assert (item["state"], item["label"], item["failing_since"] is None) == ("disabled", "Một cửa mới", False)
        await client.put(place, json={"kind": "webhook", "value": f"{URL}/2"})
        item = (await client.get("/api/webhooks")).json()["items"][0]
    assert [item[name] for name in ("state", "url", "failing_since", "disabled_why")] == ["enabled", f"{URL}/2", None, None]


@pytest.mark.parametrize("what", ["removed", "enabled"])
async def test_what_is_pending_is_looked_at_at_once_when_its_webhook_is(what: str, house: House, office: Office, pool: Pool) -> None:
    office.channels = {"webhook"}
    async with house.program() as client:
        webhook, _ = await added(client)
        await office.follow(DIRECTIVES, event(assigned(), "t-1"))
        await pool.execute("UPDATE delivery SET next_at = now() + interval '1 day'")
        if what == "removed":
            assert (await client.delete(f"/api/webhooks/{webhook}")).status_code == 204
        else:
            assert await disable_webhook(pool, UUID(webhook), URL, "gone", Change(Author("service:courier", None), await system_clock()))
            assert await pool.fetchval("SELECT count(*) FROM delivery WHERE next_at <= now()") == 0
            assert (await client.post(f"/api/webhooks/{webhook}/enable")).status_code == 200
    assert await pool.fetchval("SELECT count(*) FROM delivery WHERE next_at <= now()") == 1


async def test_a_unit_keeps_its_own_webhooks_and_those_of_others_are_not_there(house: House) -> None:
    async with house.program() as client, house.person("unit", HOME_AFFAIRS) as own, house.person("unit", OFFICE) as other:
        mine, _ = await added(own)
        theirs, _ = await added(other, unit="H10.21.1")
        assert [code for code, _, _ in await listed(own)] == ["H10.21.3"]
        assert len(await listed(client)) == 2
        assert (await own.post("/api/webhooks", json={"unit": "H10.21.1", "url": URL})).status_code == 404
        assert (await own.get("/api/webhooks?unit=H10.21.1")).status_code == 404
        for action in ("secret", "test", "enable"):
            assert (await own.post(f"/api/webhooks/{theirs}/{action}")).status_code == 404
        assert (await own.delete(f"/api/webhooks/{theirs}")).status_code == 404
        assert (await own.post(f"/api/webhooks/{mine}/secret")).status_code == 200
        assert (await own.delete(f"/api/webhooks/{mine}")).status_code == 204
        assert [code for code, _, _ in await listed(other)] == ["H10.21.1"]


async def test_who_only_reads_keeps_no_webhooks(house: House) -> None:
    async with house.person("auditor") as auditor:
        assert (await auditor.get("/api/webhooks")).status_code == 403
        assert (await auditor.post("/api/webhooks", json={"unit": "H10.21.3", "url": URL})).status_code == 403
