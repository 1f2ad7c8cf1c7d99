"""Limits over HTTP: set, reached, raised, by a server, from many devices at once; breaks and self-exclusion."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.brakes.actions import lay_due
from plaudit.connections import OwnConnection, connect
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.limits import BREAK_DAYS_MAX, EXCLUSION_DAYS_MIN
from plaudit.people.model import Role, Scope
from plaudit.personal_data import erasing
from plaudit.schema.audit import laws
from tests.integration.test_payouts import Studio, open_studio
from tests.support.databases import broken_laws, owner_of
from tests.support.returns import ROSE, Returns

pytestmark = pytest.mark.unsold


class Spender:
    """Vera, who has coins and a room to give in."""

    def __init__(self, studio: Studio, viewer: Returns, room_id: str) -> None:
        self.studio, self.viewer, self.room_id = studio, viewer, room_id
        self.http = viewer.buyer
        self.currency = "GBP"

    async def come_back(self) -> None:
        """After days, with a token that is good."""
        self.http = self.viewer.buyer = await self.studio.shop.desk.person("vera", locale="en-GB")

    async def limit(self, kind: str, minor: int | None, by: httpx2.AsyncClient | None = None, **more: Any) -> Any:
        body = {"id": self.studio.id(), "amount_minor": minor} | more
        if minor is not None:
            body |= {"currency": self.currency}
        return await (by or self.http).put(f"/v1/me/limits/{kind}", json=body)

    async def send(self, count: int = 1, **more: Any) -> httpx2.Response:
        body = {"id": self.studio.id(), "room_id": self.room_id, "item_id": ROSE, "count": count} | more
        return await self.http.post("/v1/gifts", json=body)

    async def worth(self, coins: int) -> int:
        """Of the next coins, in minor units, rounded up."""
        price = (await self.http.get("/v1/wallet")).json()["per_coin"]
        minor: int = -(-coins * price["numerator"] // price["denominator"])
        return minor


@pytest.fixture
async def vera(database_url: str, tmp_path: Path) -> AsyncIterator[Spender]:
    async with open_studio(database_url, tmp_path) as studio:
        viewer = await Returns.of(studio.shop, "vera")
        owner = await connect(owner_of(database_url))
        try:
            await load_starter(owner, studio.shop.clock)
        finally:
            await owner.close()
        await studio.shop.desk.house.catalogue.refresh()
        made = (await studio.creator.post("/v1/rooms", json={"title": "Tea", "id": studio.id()})).json()
        await studio.creator.post(f"/v1/rooms/{made['id']}/start")
        spender = Spender(studio, viewer, made["id"])
        await viewer.buy(1_000)
        spender.currency = (await spender.http.get("/v1/wallet")).json()["per_coin"]["currency"]
        yield spender


def code(answer: httpx2.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def test_fifty_gifts_at_once_pass_exactly_as_far_as_the_limit_lets_them(
    vera: Spender, owner_connection: OwnConnection
) -> None:
    """Of 50 gifts of 10 coins, seven fit; the room hears of those alone."""
    assert (await vera.limit("day", await vera.worth(70))).status_code == 200
    answers = await asyncio.gather(*(vera.send(10) for _ in range(50)))
    sent = [one for one in answers if one.status_code == 201]
    assert len(sent) == 7
    assert {code(one) for one in answers if one.status_code != 201} == {(409, "own_limit_reached")}
    refused = next(one.json() for one in answers if one.status_code == 409)
    assert refused["brake"] == "day"
    assert refused["ends_at"] is not None
    assert await vera.viewer.coins() == 930
    assert await owner_connection.fetchval("select count(*) from gift") == 7, "nothing is left of the others"
    again = await vera.http.post("/v1/gifts", json={
        "id": sent[0].json()["id"], "room_id": vera.room_id, "item_id": ROSE, "count": 10,
    })  # fmt: skip
    assert again.status_code == 200, "what was sent keeps its answer"
    told = sent[-1].json()["given"]
    assert 0 < told["period_minor"] <= await vera.worth(70)
    async with vera.studio.shop.desk.house.database.read() as connection:
        (law,) = (law for law in laws() if law.name == "brakes_count_what_was_given")
        assert await connection.fetch(law.sql) == [], "the application may ask it"


async def test_a_limit_is_lowered_at_once_and_raised_after_its_delay(vera: Spender) -> None:
    five = await vera.worth(5)
    await vera.limit("month", five)
    raised = (await vera.limit("month", None)).json()
    (month,) = [one for one in raised["limits"] if one["kind"] == "month"]
    assert month["amount"]["amount_minor"] == five
    assert month["waiting"]["amount"] is None
    assert code(await vera.send(6)) == (409, "own_limit_reached")
    clock, database = vera.studio.shop.clock, vera.studio.shop.desk.house.database
    clock.advance(timedelta(seconds=month["raise_after_s"] - 1))
    await vera.come_back()
    await lay_due(database, clock)
    assert code(await vera.send(6)) == (409, "own_limit_reached")
    clock.advance(timedelta(seconds=1))
    await lay_due(database, clock)
    assert (await vera.send(6)).status_code == 201


async def test_what_waits_can_be_withdrawn_and_goes_when_a_stricter_limit_comes(vera: Spender) -> None:
    def waits(answer: httpx2.Response) -> bool:
        return any(one["waiting"] for one in answer.json()["limits"])

    await vera.limit("gift", 50)
    assert waits(await vera.limit("gift", 100))
    assert not waits(await vera.http.delete("/v1/me/limits/gift/waiting"))
    assert waits(await vera.limit("gift", 100))
    assert not waits(await vera.limit("gift", 40))


async def test_who_wants_to_be_asked_confirms_what_was_shown(vera: Spender) -> None:
    await vera.limit("ask", await vera.worth(10))
    asked = await vera.send(30)
    assert code(asked) == (409, "confirmation_needed")
    amount = asked.json()["amount"]["amount_minor"]
    assert code(await vera.send(30, confirmed_minor=amount - 1)) == (409, "confirmation_needed")
    assert (await vera.send(30, confirmed_minor=amount)).status_code == 201
    assert (await vera.send(5)).status_code == 201


async def test_purchases_are_held_as_far_as_they_are_not_undone(vera: Spender) -> None:
    """A thousand coins were bought before. Two orders of one quote's price: the one that fits, and not both."""
    shop = vera.studio.shop
    spent = (await vera.http.get("/v1/orders")).json()["items"][0]["price"]["amount_minor"]
    quotes = [await shop.quote(vera.http, coins=500) for _ in range(2)]
    price = quotes[0]["price"]["amount_minor"]
    assert (await vera.limit("day", spent + price)).status_code == 200
    orders = await asyncio.gather(*(
        vera.http.post("/v1/orders", json={"id": vera.studio.id(), "quote_id": one["id"], "provider": "sandbox"})
        for one in quotes
    ))  # fmt: skip
    assert sorted(code(one) for one in orders)[0][0] == 201
    assert sorted(code(one)[0] for one in orders) == [201, 409]
    quoted = await vera.http.post("/v1/quotes", json={"id": vera.studio.id(), "coins": 500, "channel": "web"})
    assert code(quoted) == (409, "own_limit_reached")
    first = next(one for one in (await vera.http.get("/v1/orders")).json()["items"] if one["state"] == "paid")
    withdrawn = await vera.viewer.withdraw(first, coins=900)
    assert withdrawn.status_code < 300, withdrawn.text
    again = await vera.http.post("/v1/quotes", json={"id": vera.studio.id(), "coins": 500, "channel": "web"})
    assert again.status_code == 201, "money that went back is room again"


async def test_a_server_makes_limits_stricter_and_never_looser(vera: Spender) -> None:
    desk = vera.studio.shop.desk
    plain = await desk.client({"Authorization": f"Bearer {await desk.server_key()}", "Plaudit-Subject": "vera"})
    assert code(await plain.get("/v1/me/limits")) == (403, "scope_missing")
    key = await desk.server_key("limits", scopes={Scope.LIMITS})
    server = await desk.client({"Authorization": f"Bearer {key}", "Plaudit-Subject": "vera"})
    assert (await vera.limit("week", 900, by=server)).status_code == 200
    assert (await vera.limit("week", 800, by=server)).status_code == 200
    assert code(await vera.limit("week", 900, by=server)) == (403, "only_you_raise")
    assert code(await vera.limit("week", None, by=server)) == (403, "only_you_raise")
    body = {"id": vera.studio.id(), "days": EXCLUSION_DAYS_MIN, "understood": True}
    assert code(await server.post("/v1/me/exclusions", json=body)) == (403, "scope_missing")
    assert (await server.post("/v1/me/breaks", json={"id": vera.studio.id(), "days": 1})).status_code == 201
    assert code(await vera.send()) == (409, "own_limit_reached")


async def test_who_excluded_themself_neither_buys_nor_gives_and_can_take_back_what_is_unspent(
    vera: Spender, owner_connection: OwnConnection
) -> None:
    body = {"id": vera.studio.id(), "days": EXCLUSION_DAYS_MIN, "understood": True}
    for _ in range(2):
        answer = await vera.http.post("/v1/me/exclusions", json=body)
        assert (answer.status_code, answer.json()["pause"]["kind"]) == (201, "exclusion")
    events = await owner_connection.fetch("select type from event_waiting where type like 'person.self%'")
    assert len(events) == 1, "the platform is told once"
    vera.studio.shop.clock.advance(timedelta(days=BREAK_DAYS_MAX))
    await vera.come_back()
    assert code(await vera.send()) == (409, "own_limit_reached")
    quoted = await vera.http.post("/v1/quotes", json={"id": vera.studio.id(), "coins": 500, "channel": "web"})
    assert (quoted.json()["code"], quoted.json()["brake"]) == ("own_limit_reached", "pause")
    vera.studio.shop.clock.advance(timedelta(days=-BREAK_DAYS_MAX))
    await vera.come_back()
    order = (await vera.http.get("/v1/orders")).json()["items"][0]
    assert (await vera.viewer.withdraw(order, coins=1_000)).status_code < 300
    operator = await vera.studio.shop.desk.person("olga", Role.OPERATOR)
    present = {"id": vera.studio.id(), "person_id": str(vera.viewer.person_id), "coins": 5, "reason": "A present."}
    assert code(await operator.post("/v1/operator/grants", json=present)) == (409, "self_excluded")


async def test_an_exclusion_outlives_erasing_as_long_as_another_account_is_theirs(
    vera: Spender, owner_connection: OwnConnection
) -> None:
    body = {"id": vera.studio.id(), "days": EXCLUSION_DAYS_MIN, "understood": True}
    assert (await vera.http.post("/v1/me/exclusions", json=body)).status_code == 201
    await vera.limit("day", 900)
    bea = await vera.studio.shop.desk.person("bea", locale="en-GB")
    bea_id = int((await bea.get("/v1/me")).json()["id"])
    await owner_connection.execute(
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values (gen_random_uuid(), $1, $2, 'one', 1, $3)",
        vera.viewer.person_id, bea_id, vera.studio.shop.clock.now(),
    )  # fmt: skip

    async def stopped(by: httpx2.AsyncClient) -> Any:
        quoted = await by.post("/v1/quotes", json={"id": vera.studio.id(), "coins": 500, "channel": "web"})
        return quoted.json().get("brake")

    asked = await vera.http.post("/v1/me/erasure", json={"id": vera.studio.id(), "gives_up_coins": True})
    assert asked.status_code == 201, asked.text
    assert (await stopped(vera.http), code(await vera.send())) == ("pause", (409, "own_limit_reached"))
    await _erased(vera, owner_connection)
    assert await stopped(bea) == "pause", "it is one person's still"
    assert await owner_connection.fetch("select from brake_limit") == []
    assert (await bea.post("/v1/me/erasure", json={"id": vera.studio.id()})).status_code == 201
    await _erased(vera, owner_connection)
    for table in ("brake_pause", "brake_terms", "brake", "brake_creator", "wallet where brake_id is not null"):
        assert await owner_connection.fetch(f"select from {table}") == [], table


async def _erased(vera: Spender, owner_connection: OwnConnection) -> None:
    """The time of grace is over."""
    await owner_connection.execute("update erasure set begins_at = asked_at, due_at = asked_at where erased_at is null")
    house = vera.studio.shop.desk.house
    assert await erasing.erase_due(house.database, house.settings, house.clock) == 1
    assert await owner_connection.fetch("select from erasure where erased_at is null") == []
    assert await broken_laws(house.database.url) == []


async def test_who_wants_to_be_told_is_told_each_time_and_held_back_by_nothing(vera: Spender) -> None:
    await vera.limit("remind_amount", await vera.worth(20))
    told = [(await vera.send(coins)).json()["given"]["reminds"] for coins in (15, 10, 5, 40, 1)]
    assert told == [False, True, False, True, False]
    looser = (await vera.limit("remind_amount", None)).json()
    assert [one for one in looser["limits"] if one["waiting"]] == [], "it holds nothing, so it goes at once"
    assert "given" not in (await vera.send(40)).json()


async def test_pages_show_how_far_limits_are_and_that_nothing_is_bought_now(vera: Spender) -> None:
    async def text(path: str) -> str:
        answer = await vera.http.get(path)
        assert answer.status_code == 200
        return answer.text

    async def meter() -> Any:
        page = await text(f"/rooms/{vera.room_id}")
        return json.loads(page.split('id="page-data">')[1].split("</script>")[0])["meter"]

    assert await meter() is None
    assert "This session" not in await text("/wallet")
    said = await vera.http.put(
        "/v1/me/limits/remind_minutes", json={"id": vera.studio.id(), "minutes": 45, "time_zone": "Europe/London"}
    )
    assert said.status_code == 200
    assert (await meter())["remind_minutes"] == 45, "without any limit in money"
    await vera.limit("month", 20_000)
    await vera.send(10)
    shown = await meter()
    assert (shown["period"], shown["limit_minor"]) == ("month", 20_000)
    assert 0 < shown["session_minor"] == shown["given_minor"]
    assert shown["session_since"] is not None
    for path in ("/wallet", "/recharge"):
        assert "of £200.00" in await text(path), path
    await vera.http.post("/v1/me/breaks", json={"id": vera.studio.id(), "days": 3})
    stopped = await text("/recharge")
    assert "You stopped spending until" in stopped
    assert 'id="recharge"' not in stopped


async def test_ids_are_used_once(vera: Spender) -> None:
    body = {"id": str(new_id(vera.studio.shop.clock)), "amount_minor": 900, "currency": vera.currency}
    for _ in range(2):
        assert (await vera.http.put("/v1/me/limits/day", json=body)).status_code == 200
    other = await vera.http.put("/v1/me/limits/day", json=body | {"amount_minor": 800})
    assert code(other) == (409, "idempotency_conflict")
    wrong = await vera.http.put("/v1/me/limits/day", json=body | {"id": vera.studio.id(), "currency": "KWD"})
    assert code(wrong) == (409, "limit_currency_differs")


async def test_the_page_shows_what_holds_how_far_it_is_what_waits_and_a_break(vera: Spender) -> None:
    async def shown() -> str:
        answer = await vera.http.get("/limits")
        assert answer.status_code == 200
        return answer.text

    nothing = await shown()
    assert "in the time zone of this device" in nothing
    assert "<progress" not in nothing
    await vera.limit("month", 20_000, time_zone="Asia/Tokyo")
    await vera.limit("gift", 1_250)
    await vera.send(10)
    held = await shown()
    assert 'value="200.00"' in held
    assert 'value="12.50"' in held
    assert "of £200.00 given." in held
    assert "Asia/Tokyo" in held
    assert "data-withdraw" not in held
    await vera.limit("gift", None)
    waits = await shown()
    assert 'value="12.50"' in waits, "until then"
    assert 'data-withdraw="gift"' in waits
    await vera.http.post("/v1/me/breaks", json={"id": vera.studio.id(), "days": 3})
    paused = await shown()
    assert "You are taking a break until" in paused
    assert 'data-pause="breaks"' not in paused
    assert 'data-pause="exclusions"' in paused
    await vera.http.post("/v1/me/exclusions", json={
        "id": vera.studio.id(), "days": EXCLUSION_DAYS_MIN, "understood": True,
    })  # fmt: skip
    excluded = await shown()
    assert "You excluded yourself until" in excluded
    assert "data-pause" not in excluded
    assert 'href="/withdraw"' in excluded
