"""Having somebody erased: what is in the way, the time of grace, who may ask, and again after a restore."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.connections import connect
from plaudit.events.log import place_waiting
from plaudit.people.model import Role
from plaudit.personal_data import erasing
from plaudit.personal_data.limits import ERASURE_GRACE_DAYS
from plaudit.personal_data.requests import answer_by
from tests.integration.test_payouts import Studio, open_studio
from tests.support.databases import owner_of

pytestmark = pytest.mark.unsold


@pytest.fixture
async def studio(database_url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(database_url, tmp_path) as opened:
        yield opened


async def run(studio: Studio) -> None:
    house = studio.shop.desk.house
    await erasing.erase_due(house.database, house.settings, house.clock)


async def standing(somebody: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await somebody.get("/v1/me/erasure")).json()
    return found


async def test_what_is_in_the_way_is_said_and_given_up_knowingly(studio: Studio) -> None:
    await studio.earn(5_000)
    found = (await standing(studio.creator))["obstacles"]
    assert found == [{"code": "diamonds", "amount": 5_000, "can_be_given_up": True}]
    body = {"id": studio.id(), "gives_up_coins": True}
    refused = await studio.creator.post("/v1/me/erasure", json=body)
    assert (refused.status_code, refused.json()["obstacles"]) == (409, {"diamonds": 5_000})
    payout_id = await studio.request(2_000)
    given_up = {"id": studio.id(), "gives_up_coins": True, "gives_up_earnings": True}
    refused = await studio.creator.post("/v1/me/erasure", json=given_up)
    assert refused.json()["obstacles"] == {"open_payouts": 1}
    assert (await studio.creator.post(f"/v1/payouts/{payout_id}/cancel")).status_code == 200
    asked = await studio.creator.post("/v1/me/erasure", json=given_up)
    assert asked.status_code == 201, asked.text
    assert (await studio.creator.post("/v1/me/erasure", json=given_up)).json() == asked.json()
    page = await studio.creator.get("/people/data")
    assert "erased from this moment on" in page.text


async def test_it_waits_and_can_be_taken_back_until_it_begins(studio: Studio) -> None:
    ada = await studio.shop.desk.person("gone")
    first = (await ada.post("/v1/me/erasure", json={"id": studio.id()})).json()
    other = await ada.post("/v1/me/erasure", json={"id": studio.id()})
    assert (other.json()["code"], other.json()["erasure_id"]) == ("erasure_under_way", first["id"])
    await run(studio)
    assert (await ada.delete("/v1/me/erasure")).status_code == 204
    assert (await ada.delete("/v1/me/erasure")).status_code == 404
    studio.shop.clock.advance(timedelta(seconds=1))
    assert (await ada.post("/people/data/erasure", data={"sure": "yes"})).status_code == 303
    studio.shop.clock.advance(timedelta(days=ERASURE_GRACE_DAYS, seconds=1))
    ada, operator = await studio.shop.desk.person("gone"), await studio.shop.desk.person("olga", Role.OPERATOR)
    me = (await ada.get("/v1/me")).json()["id"]
    body = {"id": studio.id(), "what": "person", "person_id": me, "subject_id": None, "reason": "Why.", "message": None}
    held = await operator.post("/v1/operator/freezes", json=body | {"ends_at": None})
    assert held.status_code == 201, held.text
    await run(studio)
    assert (await standing(ada))["erasure"]["begun_at"] is None, "what came into the way meanwhile is waited for"
    await operator.post(f"/v1/operator/freezes/{held.json()['id']}/lift", json={"reason": "All is well."})
    studio.shop.clock.advance(timedelta(days=1))
    await run(studio)
    operator = await studio.shop.desk.person("olga", Role.OPERATOR)
    listed = (await operator.get("/v1/operator/erasures")).json()["items"]
    assert [(one["person_id"], one["erased_at"] is not None, one["withdrawn_at"] is not None) for one in listed] == [
        (me, True, False), (me, False, True),
    ]  # fmt: skip
    assert (await (await studio.shop.desk.person("gone")).get("/v1/me")).json()["id"] != me


async def test_platforms_are_told_and_nobody_is_named_afterwards(studio: Studio) -> None:
    desk = studio.shop.desk
    host = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})

    async def told() -> list[tuple[str, Any, Any]]:
        await place_waiting(desk.house.database)
        found = (await host.get("/v1/events")).json()["items"]
        return [
            (one["type"].removeprefix("person."), one["data"]["erasure_id"], one["data"].get("who", {}).get("subject"))
            for one in found
            if one["type"].startswith("person.eras")
        ]

    ada = await desk.person("gone")
    me = (await ada.get("/v1/me")).json()["id"]
    first, second = studio.id(), studio.id()
    await ada.post("/v1/me/erasure", json={"id": first})
    await ada.post("/v1/me/erasure", json={"id": first})
    await ada.delete("/v1/me/erasure")
    studio.shop.clock.advance(timedelta(seconds=1))
    await ada.post("/v1/me/erasure", json={"id": second})
    asked = [("erasure_requested", first), ("erasure_withdrawn", first), ("erasure_requested", second)]
    assert await told() == [(*one, "gone") for one in asked], "once each, by the name they are known by"
    studio.shop.clock.advance(timedelta(days=ERASURE_GRACE_DAYS, seconds=1))
    await run(studio)
    await run(studio)
    assert await told() == [*((*one, "erased") for one in asked), ("erased", second, None)]
    last = (await host.get("/v1/events", params={"kinds": "person.erased"})).json()["items"][0]
    assert (last["data"]["person_id"], last["subject"]) == (me, f"erasure:{second}")


async def test_operators_see_how_each_stands_and_until_when(studio: Studio) -> None:
    clock = studio.shop.clock
    ada, ben = await studio.shop.desk.person("gone"), await studio.shop.desk.person("ben")
    ids = [(await one.get("/v1/me")).json()["id"] for one in (ada, ben)]
    sam = await studio.shop.desk.person("sam", Role.SUPPORT)
    at = clock.now()
    for one in (ada, ben):
        assert (await one.post("/v1/me/erasure", json={"id": studio.id()})).status_code == 201
        clock.advance(timedelta(seconds=1))
    await studio.operator.post(
        "/v1/operator/legal-holds", json={"id": studio.id(), "person_id": ids[0], "reason": "A claim."}
    )
    await ben.delete("/v1/me/erasure")
    listed = (await sam.get("/v1/operator/erasures")).json()["items"]
    assert [(one["person_id"], one["state"]) for one in listed] == [(ids[1], "withdrawn"), (ids[0], "waiting")]
    assert [one["obstacles"] for one in listed] == [
        [], [{"code": "legal_hold", "amount": 1, "can_be_given_up": False}],
    ]  # fmt: skip
    assert datetime.fromisoformat(listed[1]["answer_by"]) == answer_by(at)
    waiting = (await sam.get("/v1/operator/erasures", params={"state": "waiting"})).json()["items"]
    assert waiting == listed[1:]
    of_ben = (await sam.get("/v1/operator/erasures", params={"person_id": ids[1]})).json()["items"]
    assert of_ben == listed[:1]
    first = (await sam.get("/v1/operator/erasures", params={"limit": 1})).json()
    rest = (await sam.get("/v1/operator/erasures", params={"limit": 1, "cursor": first["next"]})).json()
    assert [*first["items"], *rest["items"]] == listed
    page = await sam.get("/operator/data-requests")
    assert ("In the way: legal hold (1)" in page.text, "the month is over" in page.text) == (True, False)
    clock.advance(timedelta(days=31))
    sam = await studio.shop.desk.person("sam", Role.SUPPORT)
    page = await sam.get("/operator/data-requests", params={"person": ids[0], "show": "waiting"})
    assert "the month is over" in page.text


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2028-01-30", "2028-02-29"),
        ("2026-12-05", "2027-01-05"),
        ("2026-04-30", "2026-05-30"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(asked: str, end: str) -> None:
    assert answer_by(datetime.fromisoformat(asked)) == datetime.fromisoformat(end)


async def test_staff_is_not_erased_and_operators_say_why(studio: Studio) -> None:
    olga = await studio.operator.post("/v1/me/erasure", json={"id": studio.id()})
    assert olga.json()["obstacles"] == {"staff": 1}
    person_id = await studio.shop.desk.person_id("gone")
    path = f"/v1/operator/people/{person_id}/erasure"
    support = await studio.shop.desk.person("sam", Role.VIEWER)
    assert (await support.post(path, json={"id": studio.id(), "reason": "Asked by letter."})).status_code == 403
    assert (await studio.operator.post(path, json={"id": studio.id()})).status_code == 400
    asked = await studio.operator.post(path, json={"id": studio.id(), "reason": "Asked by letter."})
    assert (asked.status_code, asked.json()["asked_by"]) == (201, "operator")
    assert (await studio.operator.get(path)).json()["erasure"] == asked.json()
    assert (await studio.operator.delete(path)).status_code == 204


async def test_who_was_erased_is_erased_again_after_a_restore(studio: Studio, database_url: str) -> None:
    house = studio.shop.desk.house
    ada, bob = await studio.shop.desk.person("gone", name="Zoe"), await studio.shop.desk.person_id("bob")
    me = int((await ada.get("/v1/me")).json()["id"])
    await ada.post("/v1/me/erasure", json={"id": studio.id()})
    studio.shop.clock.advance(timedelta(days=ERASURE_GRACE_DAYS, seconds=1))
    await run(studio)
    async with house.database.read() as connection:
        lines = await erasing.list_done(connection)
    assert len(lines) == 1
    assert "gone" not in lines[0]
    assert await erasing.erase_again(house.database, house.settings, house.clock, lines) == 0
    owner = await connect(owner_of(database_url))
    try:  # as it was before
        await owner.execute("delete from erasure")
        await owner.execute("update person set subject = 'gone', display_name = 'Zoe' where id = $1", me)
        assert await erasing.erase_again(house.database, house.settings, house.clock, lines) == 1
        names = await owner.fetch(
            "select id, display_name from person where id = any ($1::bigint[]) order by id", [me, bob]
        )
    finally:
        await owner.close()
    assert {row["id"]: row["display_name"] for row in names} == {me: "Deleted user", bob: "bob"}


async def test_nobody_is_erased_by_a_call(studio: Studio) -> None:
    person_id = await studio.shop.desk.person_id("gone")
    for function in erasing.functions():
        with pytest.raises(Exception, match="is not being erased"):
            async with studio.shop.desk.house.database.transaction() as connection:
                await connection.execute(f"select {function}($1, 1)", person_id)
