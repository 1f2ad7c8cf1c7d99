"""What becomes true is told once: orders, reversals, rooms, payouts, people, gifts and combos; and the feed of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from plaudit.clock import ManualClock
from plaudit.db import Database
from plaudit.events.log import events_after, place_waiting, want_gifts
from plaudit.events.model import CATALOGUE, Envelope, KeptEvent
from plaudit.feeds.gifts.actions import copy_gifts
from plaudit.feeds.log_api import event_schemas
from plaudit.ids import new_id
from plaudit.limits import COMBO_WINDOW_MS, GIFTS_WANTED_DAYS
from plaudit.people.development import ISSUER
from plaudit.people.model import Role
from tests.support.live import ROSE, Platform, open_platform
from tests.support.shop import Shop, open_shop
from tests.support.waiting import eventually


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


async def told(database: Database, *kinds: str) -> list[KeptEvent]:
    """The log, each event as its kind says."""

    async def nothing_waits() -> bool:
        await place_waiting(database)  # unless the server's own job is at it
        async with database.read() as connection:
            return not await connection.fetchval("select exists (select from event_waiting)")

    await eventually(nothing_waits, "all that happened is in the log")
    async with database.read() as connection:
        found = await events_after(connection, 0, 2**62, platform=None, kinds=kinds or list(CATALOGUE), limit=1_000)
    for event in found:
        msgspec.convert(event.data, CATALOGUE[event.type], strict=False)
    return found


async def test_somebody_is_told_of_once_when_they_come_themselves(platform: Platform) -> None:
    server = await platform.server()
    await server.post("/v1/rooms", json={"title": "For Otto", "creator_subject": "otto"})
    assert await told(platform.house.database, "person.first_signed_in") == []
    otto = await platform.creator("otto")
    for _ in range(2):
        await otto.get("/v1/me")
        platform.house.doorkeeper.forget()
    (event,) = await told(platform.house.database, "person.first_signed_in")
    assert (event.data["who"]["subject"], event.data["who"]["issuer"], event.platform) == ("otto", ISSUER, ISSUER)


async def test_a_room_is_told_of_when_it_starts_and_ends(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    for act in ("start", "end", "end"):
        await creator.post(f"/v1/rooms/{room_id}/{act}")
    events = await told(platform.house.database, "room.started", "room.ended")
    assert [(event.type, event.subject) for event in events] == [
        ("room.started", f"room:{room_id}"),
        ("room.ended", f"room:{room_id}"),
    ]


async def test_an_order_is_told_of_when_it_is_paid_and_at_each_step_back(shop: Shop) -> None:
    ada = await shop.desk.person("ada", locale="en-US")
    order = await shop.order(ada)
    await shop.pay(order)
    for _ in range(2):
        await shop.tell(await shop.event(order))
    body = {"id": str(new_id(shop.clock)), "order_id": order["id"]}
    taken = await ada.post("/v1/withdrawals", json=body)
    assert taken.status_code in {200, 201, 202}, taken.text
    events = await told(shop.desk.house.database, "order.paid", "reversal.moved")
    assert [event.type for event in events][:2] == ["order.paid", "reversal.moved"]
    assert {event.subject for event in events} == {f"order:{order['id']}"}
    paid, back = (event.data for event in events[:2])
    assert (paid["coins"], paid["buyer"]["subject"], paid["provider"]) == (70, "ada", "sandbox")
    assert (back["state"], back["coins_unspent"], back["amount_minor"]) == ("requested", 70, paid["price_minor"])


async def _gift(viewer: httpx2.AsyncClient, platform: Platform, room_id: str) -> dict[str, Any]:
    body = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": 1, "coins": 1}
    sent = await viewer.post("/v1/gifts", json=body)
    assert sent.status_code == 201, sent.text
    found: dict[str, Any] = sent.json()
    return found


async def _delivered(platform: Platform) -> None:
    async def all_gone() -> bool:
        async with platform.house.database.read() as connection:
            return not await connection.fetchval("select exists (select from gift_batch)")

    await eventually(all_gone, "everything is delivered")


async def _copy(platform: Platform) -> int:
    await _delivered(platform)
    return await copy_gifts(platform.house.database, platform.clock)


async def test_gifts_and_combos_are_told_while_somebody_follows_them(
    database_url: str, clock: ManualClock, database: Database
) -> None:
    async with open_platform(database_url, clock) as platform:
        await platform.house.jobs.stop()  # the test does their work
        creator, viewer = await platform.creator("cleo"), await platform.viewer("ada", coins=100)
        room_id = await platform.live_room(creator)
        await _gift(viewer, platform, room_id)
        assert await _copy(platform) == 0
        async with database.transaction() as connection:
            await want_gifts(connection, clock.now())
        assert await _copy(platform) == 0, "what was before is not told"
        clock.advance(timedelta(milliseconds=COMBO_WINDOW_MS + 1))
        gifts = [(await _gift(viewer, platform, room_id))["id"] for _ in range(3)]
        await _copy(platform)
        assert await _copy(platform) == 0
        events = await told(database, "gift.delivered", "combo.ended")
        assert {event.type for event in events} == {"gift.delivered"}
        found = [gift for event in events for gift in event.data["gifts"]]
        assert [gift["id"] for gift in found] == gifts
        assert [(gift["combo_count"], gift["sender"]["subject"], gift["sku"]) for gift in found] == [
            (count, "ada", "rose") for count in (1, 2, 3)
        ]
        clock.advance(timedelta(milliseconds=COMBO_WINDOW_MS * 3))
        await _copy(platform)
        await _copy(platform)
        (ended,) = await told(database, "combo.ended")
        (combo,) = ended.data["combos"]
        assert (combo["id"], combo["count"], combo["gifts"], combo["coins"]) == (found[0]["combo_id"], 3, 3, 3)
        clock.advance(timedelta(days=GIFTS_WANTED_DAYS))
        await _gift(await platform.viewer("ada"), platform, room_id)
        assert await _copy(platform) == 0, "nobody has asked for a long time"


async def test_a_server_follows_the_log_with_a_cursor(platform: Platform) -> None:
    server, creator = await platform.server(), await platform.creator("cleo")
    first = (await server.get("/v1/events")).json()
    assert (first["items"], first["more"]) == ([], False)
    await platform.live_room(creator)
    seen = (await server.get("/v1/events", params={"after": first["next"], "limit": 1, "wait_s": 20})).json()
    assert ([event["type"] for event in seen["items"]], seen["more"]) == (["person.first_signed_in"], True)
    rest = (await server.get("/v1/events", params={"after": seen["next"]})).json()
    assert [event["type"] for event in rest["items"]] == ["room.started"]
    assert msgspec.convert(rest["items"][0], Envelope).sequence == 2
    again = (await server.get("/v1/events", params={"after": first["next"], "kinds": "room.started"})).json()
    assert (again["items"], again["next"]) == (rest["items"], rest["next"])


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"after": "nonsense"}, 400, "invalid_field"),
        ({"kinds": "room.exploded"}, 400, "invalid_field"),
        ({"after": "2:0"}, 410, "cursor_too_old"),
        ({"after": "1:99"}, 410, "cursor_too_old"),
    ],
)
async def test_a_cursor_that_leads_nowhere(platform: Platform, asked: dict[str, str], status: int, code: str) -> None:
    answer = await (await platform.server()).get("/v1/events", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert status != 410 or answer.json()["oldest"] == "1:0"


async def test_only_servers_follow_and_only_operators_tell(platform: Platform) -> None:
    creator, server = await platform.creator("cleo"), await platform.server()
    assert (await creator.get("/v1/events")).status_code == 403
    assert (await server.get("/v1/operator/webhooks")).status_code == 403
    assert (await creator.get("/v1/operator/webhooks")).status_code == 403


async def test_an_operator_looks_after_an_endpoint(platform: Platform) -> None:
    operator = await platform.client(platform.token("olga", Role.OPERATOR))
    path = "/v1/operator/webhooks"
    body = {"id": str(platform.id()), "url": "https://platform.example/hook", "description": "of the host"}
    assert (await operator.post(path, json=body | {"url": "http://platform.example"})).json()["field"] == "body.url"
    assert (await operator.post(path, json=body | {"kinds": ["x.y"]})).json()["field"] == "body.kinds"
    assert (await operator.post(path, json=body | {"platform": "https://nobody.example"})).status_code == 404
    await told(platform.house.database)  # that she signed in is from before the endpoint
    made = await operator.post(path, json=body)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert (await operator.post(path, json=body)).json()["secret"] is None
    assert (await operator.post(path, json=body | {"description": "x"})).json()["code"] == "idempotency_conflict"
    one = f"{path}/{body['id']}"
    assert (await operator.get(one)).json() == made.json()["endpoint"]
    assert made.json()["secret"] not in (await operator.get(path)).text
    assert (await operator.patch(one, json={"description": "mine"})).json()["description"] == "mine"
    assert (await operator.post(f"{one}/pause")).json()["pause_reason"] == "operator"
    assert (await operator.post(f"{one}/resume")).json()["pause_reason"] is None
    rotated = (await operator.post(f"{one}/rotate", json={})).json()
    assert rotated["secret"] not in {None, made.json()["secret"]}
    assert (await operator.get(f"{one}/deliveries")).json() == {"items": [], "next": None}
    assert (await operator.get(f"{one}/tries")).json() == {"items": [], "next": None}
    assert (await operator.post(f"{one}/replay", json={"after": 0})).json()["told_through"] == 0
    beyond = await operator.post(f"{one}/replay", json={"after": 2**63})
    assert (beyond.status_code, beyond.json()["field"]) == (400, "body.after")
    assert (await operator.post(f"{one}/deliveries/9/replay")).status_code == 404
    assert (await operator.delete(one)).status_code == 204
    assert (await operator.get(one)).json()["code"] == "webhook_endpoint_unknown"


def test_each_kind_has_a_schema() -> None:
    schemas = event_schemas()
    assert set(schemas.data) == set(CATALOGUE)
    assert {"Envelope", "OrderPaid", "PersonReference"} <= set(schemas.components)
