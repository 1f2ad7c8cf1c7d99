"""Gifts and the catalogue over HTTP: each outcome, who may, and what a bad request is told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import GIFTS_PER_REQUEST_MAX
from tests.support.live import ROSE, Platform, open_platform


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def room_id(platform: Platform) -> str:
    return await platform.live_room(await platform.creator("cleo"))


def gift(platform: Platform, room_id: str, **more: Any) -> dict[str, Any]:
    return {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": 1} | more


async def test_the_catalogue_has_something_for_everybody(platform: Platform) -> None:
    guest = await platform.client()
    answer = await guest.get("/v1/catalogue")
    items = answer.json()["items"]
    assert len(items) >= 24
    assert min(item["coins"] for item in items) == 1
    assert max(item["coins"] for item in items) >= 10_000
    assert {item["size"] for item in items} == {"small", "large"}
    unchanged = await guest.get("/v1/catalogue", headers={"If-None-Match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_each_outcome_of_one_gift(platform: Platform, room_id: str) -> None:
    viewer = await platform.viewer("ada", coins=3)
    sent = gift(platform, room_id, count=2)
    posted = await viewer.post("/v1/gifts", json=sent)
    assert posted.status_code == 201
    assert posted.json()["coins_after"] == 1
    repeated = await viewer.post("/v1/gifts", json=sent)
    assert (repeated.status_code, repeated.json()) == (200, posted.json())
    conflict = await viewer.post("/v1/gifts", json=sent | {"count": 1})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "gift_conflict")
    short = await viewer.post("/v1/gifts", json=gift(platform, room_id, count=5))
    assert (short.status_code, short.json()["code"], short.json()["coins_short"]) == (402, "insufficient_coins", 4)
    assert (await viewer.get(f"/v1/gifts/{sent['id']}")).json() == posted.json()
    stranger = await platform.viewer("bob")
    assert (await stranger.get(f"/v1/gifts/{sent['id']}")).status_code == 404


async def test_why_a_gift_is_refused(platform: Platform, room_id: str) -> None:
    creator = await platform.creator("cleo")
    viewer = await platform.viewer("ada", coins=10)

    async def code(client: Any, **more: Any) -> str:
        answer = await client.post("/v1/gifts", json=gift(platform, room_id) | more)
        assert answer.status_code in {404, 409}, answer.text
        return str(answer.json()["code"])

    posted = gift(platform, room_id)
    assert (await viewer.post("/v1/gifts", json=posted)).status_code == 201
    assert await code(creator) == "own_room"
    assert await code(viewer, creator_id=str(await platform.person_id(viewer))) == "receiver_not_in_room"
    assert await code(viewer, room_id="999999") == "room_unknown"
    assert await code(viewer, item_id=999_999) == "item_unknown"
    await creator.patch(f"/v1/rooms/{room_id}", json={"gifts_enabled": False})
    assert await code(viewer) == "gifts_paused"
    await creator.patch(f"/v1/rooms/{room_id}", json={"gifts_enabled": True})
    await creator.post(f"/v1/rooms/{room_id}/end")
    assert await code(viewer) == "room_not_live"
    # Whatever has changed since, what was posted stays posted.
    assert (await viewer.post("/v1/gifts", json=posted)).status_code == 200


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id": "6b1f3ed5-6e0c-4f2f-8a53-1f9f3b6d2a10"}, "body.id"),
        ({"id": 7}, "body.id"),
        ({"count": 0}, "body.count"),
        ({"count": 1.5}, "body.count"),
        ({"coins": -1}, "body.coins"),
        ({"room_id": "-3"}, "body.room_id"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
async def test_a_bad_gift_is_told_its_field(platform: Platform, room_id: str, more: dict[str, Any], field: str) -> None:
    viewer = await platform.viewer("ada", coins=1)
    answer = await viewer.post("/v1/gifts", json=gift(platform, room_id) | more)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


async def test_who_may_send(platform: Platform, room_id: str) -> None:
    guest = await platform.client()
    viewer = await platform.viewer("ada", coins=1)
    server = await platform.server()
    one = gift(platform, room_id)
    assert (await guest.post("/v1/gifts", json=one)).status_code == 401
    assert (await server.post("/v1/gifts", json=one)).status_code == 403
    assert (await viewer.post("/v1/gifts:batch", json={"gifts": [one]})).status_code == 403
    assert (await viewer.post("/v1/gifts", content="{}", headers={"content-type": "text/plain"})).status_code == 415
    speaks_for_ada = await server.post("/v1/gifts", json=one, headers={"Plaudit-Subject": "ada"})
    assert speaks_for_ada.status_code == 201, speaks_for_ada.text


async def test_what_a_key_sends_or_says_for_somebody_names_it(
    platform: Platform, room_id: str, owner_connection: OwnConnection
) -> None:
    ada, server = await platform.viewer("ada", coins=9), await platform.server()
    key_id = await owner_connection.fetchval("select id from api_key")
    as_ada = {"Plaudit-Subject": "ada"}
    one, other = gift(platform, room_id), gift(platform, room_id)
    answers = await asyncio.gather(  # in one batch of the books
        ada.post("/v1/gifts", json=one), server.post("/v1/gifts", json=other, headers=as_ada)
    )
    assert [answer.status_code for answer in answers] == [201, 201]
    batched = gift(platform, room_id, sender_subject="ada")
    assert (await server.post("/v1/gifts:batch", json={"gifts": [batched]})).status_code == 200
    code = await server.post("/v1/sign-in-codes", json={"subject": "ada", "roles": ["viewer"]})
    browser = await platform.client(Origin=platform.processes[0].origin)
    await browser.get(code.json()["url"].removeprefix(platform.house.settings.public_url))
    by_session = gift(platform, room_id)
    assert (await browser.post("/v1/gifts", json=by_session)).status_code == 201
    sent = []
    by_key = {"Authorization": server.headers["authorization"]} | as_ada
    for token, headers in ((platform.token("ada"), {}), ("", by_key)):
        async with platform.screen(room_id, token, headers=headers) as screen:
            answer = await screen.gift()
            assert answer["ok"], answer
            sent.append(answer["gift"]["id"])
            await screen.command(type="chat", id=str(platform.id()), text="Hello")
    rows = await owner_connection.fetch("select id, key_id from gift")
    assert {str(row["id"]): row["key_id"] for row in rows} == {
        one["id"]: None, other["id"]: key_id, batched["id"]: key_id, by_session["id"]: key_id,
        sent[0]: None, sent[1]: key_id,
    }  # fmt: skip
    for who, headers in ((ada, {}), (server, as_ada)):
        said = {"id": str(platform.id()), "text": "Hello"}
        assert (await who.post(f"/v1/rooms/{room_id}/chat", json=said, headers=headers)).status_code < 300
    bodies = await owner_connection.fetch("select body from frame where kind = 'chat' order by seq")
    assert [[message.get("key_id") for message in row["body"]["messages"]] for row in bodies] == [
        [None], [key_id], [None], [key_id],
    ]  # fmt: skip


async def test_a_batch_has_an_outcome_for_each(platform: Platform, room_id: str) -> None:
    server = await platform.server()
    ada = await platform.person_id(await platform.viewer("ada", coins=5))
    await platform.viewer("bob", coins=1)
    first = gift(platform, room_id, sender_subject="ada")
    gifts = [
        first,
        gift(platform, room_id, sender_id=str(ada), count=9),
        gift(platform, room_id, sender_subject="bob"),
        first,
        first | {"count": 2},
        gift(platform, room_id, sender_subject="nobody-yet"),
        gift(platform, room_id, sender_id="123456789"),
        gift(platform, room_id, sender_subject="ada", item_id=54_321),
        gift(platform, room_id, sender_subject="ada", coins=7),
    ]
    answer = await server.post("/v1/gifts:batch", json={"gifts": gifts})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [item["id"] for item in items] == [one["id"] for one in gifts]
    assert [item["outcome"] for item in items] == [
        "posted", "insufficient", "posted", "repeated", "conflict", "insufficient", "refused", "refused", "refused",
    ]  # fmt: skip
    assert items[3]["gift"] == items[0]["gift"]
    assert [item["problem"]["code"] for item in items[6:]] == ["sender_unknown", "item_unknown", "price_changed"]
    again = (await server.post("/v1/gifts:batch", json={"gifts": gifts[:1]})).json()["items"]
    assert again[0]["outcome"] == "repeated"


async def test_a_batch_has_a_length_and_names_its_senders(platform: Platform, room_id: str) -> None:
    server = await platform.server()
    one = gift(platform, room_id, sender_subject="ada")
    for gifts in ([], [one] * (GIFTS_PER_REQUEST_MAX + 1), [one | {"sender_id": "1"}], [gift(platform, room_id)]):
        answer = await server.post("/v1/gifts:batch", json={"gifts": gifts})
        assert answer.status_code == 400, answer.text
        assert answer.json()["field"].startswith("body.gifts")


async def test_a_full_queue_turns_gifts_away_and_says_when_to_come_back(
    platform: Platform, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is charged that was turned away; the same gift is taken when there is room again."""
    viewer = await platform.viewer("ada", coins=5)
    wanted = gift(platform, room_id)
    monkeypatch.setattr("plaudit.ledger.writer.GIFT_QUEUE_LENGTH_MAX", 0)
    refused = await viewer.post("/v1/gifts", json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_busy")
    assert int(refused.headers["retry-after"]) >= 1
    monkeypatch.undo()
    taken = await viewer.post("/v1/gifts", json=wanted)
    assert (taken.status_code, taken.json()["coins_after"]) == (201, 4)


async def test_one_gift_sent_twice_at_once_is_charged_once(platform: Platform, room_id: str) -> None:
    viewer = await platform.viewer("ada", coins=5)
    wanted = gift(platform, room_id)
    answers = await asyncio.gather(*(viewer.post("/v1/gifts", json=wanted) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1
