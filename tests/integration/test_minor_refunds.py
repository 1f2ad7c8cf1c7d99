"""What a minor spent goes back in one case: from the wallet and every creator, by two above the bounds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.people.model import Role
from plaudit.selling.reversals.sending import send_due
from tests.integration.test_price_decisions import confirm
from tests.support.returns import BRITISH_NOT_REFUNDABLE, CREATOR, ROOM, ROSE, Returns
from tests.support.shop import open_shop
from tests.support.waiting import eventually, until_waiting

DAY = timedelta(days=1)
OTHER = CREATOR + 1


class Case:
    """A minor who bought three times, and gave to two."""

    def __init__(self, ada: Returns, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient) -> None:
        self.ada, self.olga, self.oskar = ada, olga, oskar
        now = ada.shop.clock.now()
        self.asked = {
            "person_id": str(ada.person_id),
            "since": (now - DAY).isoformat(),
            "until": (now + DAY).isoformat(),
        }

    async def give(self, coins: int, creator: int) -> None:
        shop = self.ada.shop
        order = GiftOrder(new_id(shop.clock), self.ada.person_id, creator, ROOM, ROSE, coins, coins)
        await shop.desk.house.gift_writer.charge(order)

    async def open(self, by: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
        body = {"id": str(new_id(self.ada.shop.clock)), "reason": "The card of a parent."} | self.asked | more
        return await by.post("/v1/operator/minor-refunds", json=body)

    async def preview(self, **more: str) -> dict[str, Any]:
        answer = await self.olga.post("/v1/operator/minor-refunds:preview", json=self.asked | more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self) -> None:
        house = self.ada.shop.desk.house
        await send_due(house.database, house.payment_providers, house.settings, house.clock)

    async def of(self, case_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.olga.get(f"/v1/operator/minor-refunds/{case_id}")).json()
        return found


@pytest.fixture
async def case(database_url: str, tmp_path: Path, owner_connection: OwnConnection) -> AsyncIterator[Case]:
    """Where one operator alone gives back three dollars of an order, and five in a day; a coin costs 1.2 cents."""
    async with open_shop(database_url, tmp_path, one_operator=False) as shop:
        bound = "update decision_bound set value = $2 where name = $1"
        await owner_connection.execute(bound, "refund_alone_us_cents", 300)
        await owner_connection.execute(bound, "refund_alone_day_us_cents", 500)
        operators = [await shop.desk.person(name, Role.OPERATOR) for name in ("olga", "oskar")]
        yield Case(await Returns.of(shop), *operators)


def losses(found: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["creator_id"], one["coins"]) for one in found["creators"]]


async def test_all_of_it_goes_back_from_everybody_who_got_some(case: Case, owner_connection: OwnConnection) -> None:
    for _ in range(3):
        await case.ada.buy(100)
    await case.give(120, CREATOR)
    await case.give(50, OTHER)
    seen = await case.preview()
    assert (len(seen["orders"]), seen["coins_unspent"], seen["coins_given"]) == (3, 130, 170)
    assert losses(seen) == [(str(CREATOR), 120), (str(OTHER), 50)]
    assert await case.ada.coins() == 130, "nothing is kept of a look"
    opened = await case.open(case.olga)
    assert opened.status_code == 201, opened.text
    again = await case.olga.post("/v1/operator/minor-refunds", json=case.asked | {
        "id": opened.json()["id"], "reason": "The card of a parent.",
    })  # fmt: skip
    assert again.json()["orders"] == opened.json()["orders"], "once, however often it is asked for"
    other = await case.open(case.olga, id=opened.json()["id"], reason="Another.")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert losses(opened.json()) == losses(seen)
    await case.send()
    done = await case.of(opened.json()["id"])
    assert (done["is_complete"], await case.ada.coins()) == (True, 0)
    back = await owner_connection.fetchrow("select sum(amount_minor) as minor, sum(coins) as coins from reversal")
    paid = await owner_connection.fetchval("select sum(price_minor) from lot")
    assert back is not None
    assert (back["minor"], back["coins"]) == (paid, 300)
    assert (await case.open(case.oskar)).json()["code"] == "nothing_to_give_back"
    assert opened.json()["id"] in (await case.olga.get("/operator/minor-refunds")).text
    listed = (await case.olga.get("/v1/operator/minor-refunds")).json()["items"]
    assert [one["id"] for one in listed] == [done["id"]]


async def test_above_the_bounds_another_confirms_what_was_seen(case: Case) -> None:
    for _ in range(5):
        await case.ada.buy(100)
    await case.give(30, CREATOR)
    proposed = await case.open(case.olga)
    assert (proposed.status_code, proposed.json()["kind"]) == (202, "minor_refund")
    labels = {one["label"]: one["after"] for one in proposed.json()["changes"]}
    assert labels["Purchases"] == "5"
    assert labels[f"{CREATOR} loses"] == "30 coins"
    assert (await confirm(case.olga, proposed.json())).json()["code"] == "second_person_needed"
    await case.give(20, OTHER)
    late = await confirm(case.oskar, proposed.json())
    assert (late.status_code, late.json()["code"]) == (409, "decision_outdated"), "somebody else would lose, too"
    refused = await case.oskar.post(f"/v1/decisions/{proposed.json()['id']}/refuse", json={"reason": "They went on."})
    assert refused.status_code == 200, refused.text
    second = await case.open(case.olga)
    assert second.status_code == 202, second.text
    assert (await confirm(case.oskar, second.json())).status_code == 200
    await case.send()
    done = await case.of(second.json()["id"])
    assert (done["is_complete"], losses(done)) == (True, [(str(CREATOR), 30), (str(OTHER), 20)])
    again = await case.open(case.olga, id=second.json()["id"])
    assert (again.status_code, again.json()["is_complete"]) == (201, True)


async def test_parts_of_several_days_add_up_and_nobody_refunds_themself(case: Case) -> None:
    for _ in range(3):
        await case.ada.buy(100)
    assert (await case.open(case.olga)).status_code == 201
    await case.ada.buy(100)
    await case.ada.buy(100)
    assert (await case.open(case.olga)).status_code == 202, "with what she gave back today"
    assert (await case.open(case.oskar)).status_code == 201
    mole = await case.ada.shop.desk.person("ada", Role.OPERATOR)
    await case.ada.buy(100)
    assert (await case.open(mole)).json()["code"] == "own_benefit"
    nobody = await case.open(case.olga, person_id="999999")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    now = case.ada.shop.clock.now()
    empty = await case.open(case.olga, since=(now + DAY).isoformat(), until=(now + 2 * DAY).isoformat())
    assert empty.json()["code"] == "nothing_to_give_back"
    wrong = await case.open(case.olga, until=case.asked["since"])
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_field")


async def test_whoever_has_an_order_waits_for_no_case_that_waits_for_it(
    case: Case, owner_connection: OwnConnection
) -> None:
    """A case wants two orders while a dispute has one of them, and moves money in the end."""
    await case.ada.buy(100)
    case.ada.shop.clock.advance(timedelta(seconds=1))
    later = await case.ada.buy(100)
    async with owner_connection.transaction():
        await owner_connection.fetch("select from recharge_order where order_id = $1 for update", UUID(later["id"]))
        opening = asyncio.create_task(case.open(case.olga))
        await until_waiting(owner_connection, owner_connection.get_server_pid(), opening)
        await owner_connection.execute("set local lock_timeout = 500")
        await owner_connection.execute("select lock_money(shard_of($1::bigint))", case.ada.person_id)
    assert (await opening).status_code == 201


async def test_what_a_provider_refuses_stays_with_the_minor_and_goes_on_later(
    case: Case, owner_connection: OwnConnection
) -> None:
    await case.ada.buy(100)
    await case.ada.buy(100, BRITISH_NOT_REFUNDABLE)
    await case.give(150, CREATOR)
    opened = (await case.open(case.olga)).json()
    await case.send()
    failed: list[dict[str, Any]] = []

    async def has_failed() -> bool:
        failed[:] = [one for one in await case.ada.refunds_at_sandbox() if one["state"] == "failed"]
        return bool(failed)

    await eventually(has_failed, "one refund has failed")
    assert await case.ada.hear("refund.failed", failed[0]) == "applied"
    found = await case.of(opened["id"])
    assert sorted(one["state"] for one in found["orders"]) == ["done", "undone"]
    assert not found["is_complete"]
    resume = f"/v1/operator/minor-refunds/{opened['id']}/resume"
    bound = "update decision_bound set value = $1 where name = 'refund_alone_day_us_cents'"
    await owner_connection.execute(bound, 1)
    alone = await case.oskar.post(resume)
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed"), "it is more than he gives alone"
    await owner_connection.execute(bound, 500)
    resumed = await case.oskar.post(resume)
    assert sorted(one["state"] for one in resumed.json()["orders"]) == ["done", "requested"]
    again = await case.oskar.post(resume)
    assert again.json() == resumed.json()
    more = "insert into reversal select (jsonb_populate_record(r, $1)).* from reversal r where state = 'done' limit 1"
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await owner_connection.execute(more, {"reversal_id": str(new_id(case.ada.shop.clock)), "step": 2})
    assert refused.value.constraint_name == "refund_is_of_its_case"
