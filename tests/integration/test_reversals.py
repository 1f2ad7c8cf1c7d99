"""Withdrawals, refunds, voids and chargebacks, as buyers, operators and providers bring them about."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import WITHDRAWAL_LAST_DAY_SLACK_H
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalState
from plaudit.selling.reversals import sending
from plaudit.selling.reversals.rules import rule_of
from tests.support.ports import NOBODY
from tests.support.returns import BRITISH_NOT_REFUNDABLE, Returns, dispute_of, refund_of
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return await Returns.of(shop)


@pytest.fixture
async def olga(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("olga", Role.OPERATOR)


# Withdrawal


async def test_what_is_unspent_is_taken_back_in_one_tap(ada: Returns) -> None:
    order = await ada.buy(coins=100)  # 96 pence, 16 of them tax, 3 for the provider
    await ada.give(40)
    preview = (await ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    assert (preview["possible"], preview["coins"], preview["amount"]["amount_minor"]) == (True, 60, 58)
    assert preview["rule"] == {"days": 14, "basis": "Consumer Contracts Regulations 2013, regulation 30"}
    taken = (await ada.withdraw(order)).json()
    assert (taken["kind"], taken["state"], taken["coins"], taken["coins_spent"]) == ("withdrawal", "done", 60, 0)
    assert taken["amount"] == {"amount_minor": 58, "currency": "GBP"}
    assert await ada.coins() == 0
    # Card processors keep their fee, so none comes back.
    assert await ada.moved(taken["id"]) == {"reversal": 60, "refund": 58, "refund_tax": 10}
    assert await ada.reversals(order) == [taken]
    assert (await ada.buyer.get("/v1/reversals")).json()["items"] == [taken]
    assert (await ada.buyer.get(f"/v1/reversals/{taken['id']}")).json() == taken


async def test_a_part_can_be_taken_back_and_then_the_rest(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    amounts = []
    for coins in (33, 33, 34):
        ada.shop.clock.advance(timedelta(seconds=1))
        amounts.append((await ada.withdraw(order, coins=coins)).json()["amount"]["amount_minor"])
    assert (amounts, sum(amounts)) == ([32, 31, 33], 96)
    assert await ada.coins() == 0
    assert await ada.balance("buyers") == 0
    assert await ada.balance("taxes_owed") == 0


async def test_repeating_a_withdrawal_repeats_its_answer(ada: Returns) -> None:
    order = await ada.buy()
    body = {"id": str(new_id(ada.shop.clock)), "order_id": order["id"]}
    answers = [await ada.buyer.post("/v1/withdrawals", json=body) for _ in range(3)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["state"] == "done"
    other = await ada.buyer.post("/v1/withdrawals", json=body | {"coins": 1})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    again = await ada.withdraw(order)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_left_to_refund")
    assert [(one["coins"], one["state"]) for one in again.json()["refunded"]] == [(100, "done")]


async def test_why_an_order_cannot_be_taken_back(ada: Returns) -> None:
    order, shop = await ada.buy(coins=100), ada.shop
    pending = await shop.order(ada.buyer)
    assert (await ada.withdraw(pending)).json()["obstacle"] == "not_paid"
    await ada.give(100)
    spent = await ada.withdraw(order)
    assert (spent.status_code, spent.json()["code"], spent.json()["obstacle"]) == (
        409, "withdrawal_not_possible", "all_spent",
    )  # fmt: skip
    second = await ada.buy(coins=100)
    too_many = (await ada.withdraw(second, coins=101)).json()
    assert (too_many["code"], too_many["unspent"]) == ("coins_were_spent", 100)
    bob = await Returns.of(shop, "bob")
    assert (await bob.withdraw(second)).status_code == 404
    until = (await ada.buyer.get(f"/v1/orders/{second['id']}/withdrawal")).json()["until"]
    shop.clock.advance(timedelta(days=15, hours=WITHDRAWAL_LAST_DAY_SLACK_H))
    ada = await Returns.of(shop)
    late = await ada.withdraw(second)
    assert (late.json()["obstacle"], late.json()["until"]) == ("too_late", until)
    preview = (await ada.buyer.get(f"/v1/orders/{second['id']}/withdrawal")).json()
    assert (preview["possible"], preview["coins"], preview["obstacle"]) == (False, 0, "too_late")


async def test_coins_of_an_app_store_are_taken_back_there(
    ada: Returns, olga: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    order = await ada.buy()
    async with _as_store(owner_connection, order):
        refused = await ada.withdraw(order)
        assert (refused.status_code, refused.json()["obstacle"]) == (409, "store")
        preview = (await ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()
        assert (preview["store"]["name"], preview["possible"]) == ("Apple", False)
        assert preview["store"]["url"].startswith("https://reportaproblem.apple.com")
        by_operator = await ada.refund(olga, order, all=True)
        assert (by_operator.status_code, by_operator.json()["code"]) == (409, "refund_at_store")


@asynccontextmanager
async def _as_store(owner: OwnConnection, order: dict[str, Any]) -> AsyncIterator[None]:
    """Let an order be one of the App Store for a while, as the tables have it."""
    quote_id = UUID(order["quote_id"])
    await owner.execute("update quote set channel = 'apple' where quote_id = $1", quote_id)
    yield
    await owner.execute("update quote set channel = 'web' where quote_id = $1", quote_id)


async def test_a_refused_refund_puts_the_coins_back(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    await ada.give(10)
    payment = order["checkout_url"].rsplit("/", 1)[1]
    await ada.sandbox(f"/v1/checkouts/{payment}/refunds", {
        "amount_minor": 50, "currency": "GBP", "reason": "behind our back",
    })  # fmt: skip
    refused = (await ada.withdraw(order)).json()  # 86 pence, of which the provider has only 46
    assert refused["state"] == "undone"
    assert await ada.coins() == 90
    assert await ada.moved(refused["id"]) == {
        "reversal": 90, "reversal_undone": 90, "refund": 86, "refund_undone": 86, "refund_tax": 14,
        "refund_tax_undone": 14,
    }  # fmt: skip


async def test_a_refund_that_fails_later_is_undone(ada: Returns) -> None:
    order = await ada.buy(coins=100, card=BRITISH_NOT_REFUNDABLE)
    taken = (await ada.withdraw(order)).json()
    assert taken["state"] == "sent"
    assert await ada.coins() == 0
    failed = await ada.until_refund_failed()
    assert [await ada.hear("refund.failed", failed) for _ in range(2)] == ["applied", "repeated"]
    assert await ada.coins() == 100
    assert await ada.hear("refund.succeeded", failed | {"state": "succeeded"}) == "ignored"
    assert await ada.coins() == 100
    history = (await ada.buyer.get("/v1/wallet/history")).json()["items"]
    assert [(one["state"], one["credited"]) for one in history if one["kind"] == "reversal"] == [("undone", False)]
    again = (await ada.withdraw(order, coins=50)).json()
    assert (again["state"], await ada.coins()) == ("sent", 50)


async def test_a_provider_that_is_away_is_told_later(ada: Returns) -> None:
    order, house = await ada.buy(coins=100), ada.shop.desk.house
    provider: Any = house.payment_providers.get("sandbox")
    real, provider._client.base_url = provider._client.base_url, NOBODY
    taken = (await ada.withdraw(order)).json()
    assert (taken["state"], await ada.coins()) == ("requested", 0)

    async def send() -> int:
        return await sending.send_due(house.database, house.payment_providers, house.settings, house.clock)

    assert await send() == 0  # not yet
    ada.shop.clock.advance(timedelta(minutes=1))
    assert await send() == 1
    provider._client.base_url = real
    ada.shop.clock.advance(timedelta(minutes=1))
    assert await send() == 1
    assert (await ada.buyer.get(f"/v1/reversals/{taken['id']}")).json()["state"] == "done"
    assert await send() == 0


async def test_operators_write_rules_for_days_to_come(ada: Returns, olga: httpx2.AsyncClient) -> None:
    order = await ada.buy(coins=100)
    today = ada.shop.clock.now().date()
    rule = {"region": "GB", "valid_from": str(today + timedelta(days=1)), "days": 0, "basis": "A law to come"}
    for wrong, code in (
        (rule | {"valid_from": str(today)}, 400),
        (rule | {"days": 367}, 400),
        (rule, 201),
        (rule, 409),
    ):
        assert (await olga.post("/v1/operator/withdrawal-rules", json=wrong)).status_code == code, wrong
    listed = (await olga.get("/v1/operator/withdrawal-rules")).json()["items"]
    assert [one["days"] for one in listed if one["region"] == "GB"] == [0, 14]
    assert (await ada.buyer.get("/v1/operator/withdrawal-rules")).status_code == 403
    house, now = ada.shop.desk.house, ada.shop.clock.now()
    async with house.database.read() as connection:
        found = [await rule_of(connection, region, now + timedelta(days=day), house.settings) for region, day in
                 (("GB", 0), ("GB", 1), ("US", 1))]  # fmt: skip
    assert [(one.days, one.basis) for one in found[1:]] == [(0, "A law to come"), (14, "Our own promise")]
    assert found[0].days == 14
    assert (await ada.withdraw(order)).json()["state"] == "done"  # what was promised stays


# Refunds of operators


async def test_an_operator_gives_back_what_is_spent_too(ada: Returns, olga: httpx2.AsyncClient) -> None:
    order = await ada.buy(coins=100)
    await ada.give(80)
    part = (await ada.refund(olga, order, amount_minor=48)).json()
    assert (part["coins"], part["coins_unspent"], part["coins_spent"]) == (50, 20, 30)
    assert (part["state"], part["requested_by"] is not None, part["reason"]) == ("done", True, "Sent by mistake.")
    ada.shop.clock.advance(timedelta(seconds=1))
    rest = (await ada.refund(olga, order, all=True)).json()
    assert (rest["amount"]["amount_minor"], rest["coins"], rest["coins_spent"]) == (48, 50, 50)
    nothing = await ada.refund(olga, order, coins=1)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_left_to_refund")
    assert [one["coins"] for one in nothing.json()["refunded"]] == [50, 50]
    async with ada.shop.desk.house.database.read() as connection:
        assert await connection.fetchval("select sum(coins) from gift_reversal where lifted_at is null") == 80
    history = (await ada.buyer.get("/v1/wallet/history")).json()["items"]
    assert [entry["coins_reversed"] for entry in history if entry["kind"] == "gift"] == [80]
    back = [(entry["coins_unspent"], entry["credited"]) for entry in history if entry["kind"] == "reversal"]
    assert back == [(0, True), (20, True)]


async def test_refunds_that_cannot_be_made(ada: Returns, olga: httpx2.AsyncClient) -> None:
    order = await ada.buy(coins=100)
    pending = await ada.shop.order(ada.buyer)
    for of, asked, status, code in (
        (order, {"amount_minor": 97}, 409, "refund_exceeds_order"),
        (order, {"coins": 101}, 409, "refund_exceeds_order"),
        (order, {"coins": 1, "amount_minor": 1}, 400, "invalid_field"),
        (order, {}, 400, "invalid_field"),
        (order, {"all": False}, 400, "invalid_field"),
        (order, {"amount_minor": 1, "reason": ""}, 400, "invalid_field"),
        (pending, {"all": True}, 409, "order_not_paid"),
        ({"id": str(new_id(ada.shop.clock))}, {"all": True}, 404, "not_found"),
    ):
        answer = await ada.refund(olga, of, **asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await ada.refund(ada.buyer, order, all=True)).status_code == 403
    assert await ada.coins() == 100


async def test_operators_list_what_went_back(ada: Returns, olga: httpx2.AsyncClient) -> None:
    orders = [await ada.buy(coins=100) for _ in range(3)]
    for order in orders:
        ada.shop.clock.advance(timedelta(seconds=1))
        await ada.refund(olga, order, amount_minor=10)
    ada.shop.clock.advance(timedelta(seconds=1))
    await ada.hear("dispute.open", dispute_of(orders[0]))
    seen, cursor = [], ""
    while True:
        page = (await olga.get(f"/v1/operator/reversals?limit=2{cursor}")).json()
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [one["kind"] for one in seen] == ["chargeback", "refund", "refund", "refund"]
    assert seen[0]["dispute_fee"] == {"amount_minor": 1500, "currency": "GBP"}
    assert seen[0]["respond_until"] is not None
    for query, count in (("kind=chargeback", 1), ("state=done", 3), ("provider=sandbox", 4), ("person_id=999", 0),
                         (f"person_id={ada.person_id}&state=opened", 1)):  # fmt: skip
        assert len((await olga.get(f"/v1/operator/reversals?{query}")).json()["items"]) == count, query
    assert (await ada.buyer.get("/v1/operator/reversals")).status_code == 403


# What providers tell


async def test_a_chargeback_is_opened_lost_and_won(ada: Returns) -> None:
    lost = await ada.buy(coins=100)
    ada.shop.clock.advance(timedelta(seconds=1))
    won = await ada.buy(coins=100)
    await ada.give(150)
    for order, outcome, too_late in ((lost, "lost", "repeated"), (won, "won", "ignored")):
        dispute = await ada.dispute(order)
        assert await ada.hear("dispute.open", dispute) == "applied"
        assert await ada.hear("dispute.open", dispute) == "repeated"
        assert (await ada.reversals(order))[0]["state"] == "opened"
        decided = await ada.decide(dispute, outcome)
        assert await ada.hear(f"dispute.{outcome}", decided) == "applied"
        assert await ada.hear("dispute.open", dispute) == too_late
    assert [(await ada.reversals(order))[0]["state"] for order in (lost, won)] == ["done", "undone"]
    assert await ada.coins() == 50
    assert await ada.balance("buyers") == -96
    async with ada.shop.desk.house.database.read() as connection:
        marks = await connection.fetch("select coins, lifted_at is null as stands from gift_reversal order by 2 desc")
        fees = await connection.fetch("select reason, count(*) from transfer where reason ~ '^dispute_fee' group by 1")
    assert [tuple(row) for row in marks] == [(100, True), (50, False)]
    assert {row["reason"]: row["count"] for row in fees} == {"dispute_fee": 2, "dispute_fee_undone": 1}
    olga = await ada.shop.desk.person("olga", Role.OPERATOR)
    listed = (await olga.get("/v1/operator/reversals")).json()["items"]
    charged = {one["order_id"]: (one["dispute_fee"], one["dispute_fee_returned"]) for one in listed}
    fee, nothing = ({"amount_minor": minor, "currency": "GBP"} for minor in (1_500, 0))
    assert charged == {lost["id"]: (fee, nothing), won["id"]: (fee, fee)}, "the fee of the one that was won, too"


async def test_a_dispute_that_was_won_before_it_was_opened_never_was(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    await ada.give(30)
    before = await ada.balance("coin_sales")
    dispute = dispute_of(order)
    assert await ada.hear("dispute.won", dispute | {"state": "won", "fee_minor": 0}) == "applied"
    assert await ada.hear("dispute.open", dispute) == "ignored"
    assert await ada.hear("dispute.won", dispute | {"state": "won", "fee_minor": 0}) == "repeated"
    assert (await ada.coins(), await ada.balance("coin_sales")) == (70, before)
    assert await ada.reversals(order) == []


@pytest.mark.parametrize("sequence", list(itertools.permutations(["open", "lost", "open"])))
async def test_news_of_a_dispute_may_come_in_any_order(ada: Returns, sequence: tuple[str, ...]) -> None:
    order = await ada.buy(coins=100)
    dispute = dispute_of(order)
    for state in sequence:
        await ada.hear(f"dispute.{state}", dispute | {"state": state})
    found = await ada.reversals(order)
    assert [(one["state"], one["coins"]) for one in found] == [("done", 100)]
    assert (await ada.coins(), await ada.balance("buyers")) == (0, 0)
    assert await ada.moved(found[0]["id"]) == {"reversal": 100, "refund": 96, "refund_tax": 16, "dispute_fee": 1500}


async def test_a_refund_at_the_providers_desk_takes_coins_too(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    refund = refund_of(order, amount_minor=48)
    assert [await ada.hear("refund.succeeded", refund) for _ in range(2)] == ["applied", "repeated"]
    found = await ada.reversals(order)
    assert [(one["kind"], one["state"], one["coins"]) for one in found] == [("refund", "done", 50)]
    assert await ada.coins() == 50


async def test_more_than_is_left_is_capped_and_shown(ada: Returns, olga: httpx2.AsyncClient) -> None:
    order = await ada.buy(coins=100)
    await ada.refund(olga, order, amount_minor=48)
    dispute = dispute_of(order)  # of all that was paid: banks do not look at refunds
    assert await ada.hear("dispute.open", dispute) == "problem"
    assert [one["amount"]["amount_minor"] for one in await ada.reversals(order)] == [48, 48]
    assert (await ada.balance("buyers"), await ada.balance("losses")) == (48, -48)
    assert await _problems(ada) == [("excess_reversal", 48, 96)]
    # The dispute is won: the refund stands alone.
    assert await ada.hear("dispute.won", dispute | {"state": "won", "fee_minor": 0}) == "applied"
    assert (await ada.coins(), await ada.balance("buyers"), await ada.balance("losses")) == (50, -48, 0)


async def test_money_lost_twice_is_booked_twice(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """Refunded, then charged back as well: the books say what lies at the provider, and what is lost."""
    order = await ada.buy(coins=100)
    assert (await ada.refund(olga, order, all=True)).json()["state"] == "done"
    dispute = dispute_of(order)
    assert await ada.hear("dispute.open", dispute) == "problem"
    assert await ada.hear("dispute.lost", dispute | {"state": "lost"}) == "applied"
    assert (await ada.balance("buyers"), await ada.balance("losses")) == (96, -96)
    found = (await olga.get("/v1/operator/reversals?kind=chargeback")).json()["items"]
    assert [(one["state"], one["amount"]["amount_minor"], one["lost"]["amount_minor"]) for one in found] == [
        ("done", 0, 96)
    ]
    assert (await olga.get(f"/operator/orders/{order['id']}")).is_success


async def test_what_was_beyond_is_held_once_another_is_undone(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    refund = refund_of(order, state="pending")
    assert await ada.hear("refund.pending", refund) == "applied"
    assert await ada.hear("dispute.open", dispute_of(order)) == "problem"
    assert [one["amount"]["amount_minor"] for one in await ada.reversals(order)] == [96]
    assert await ada.hear("refund.failed", refund | {"state": "failed"}) == "applied"
    found = await ada.reversals(order)
    assert [(one["kind"], one["state"], one["coins"]) for one in found] == [
        ("refund", "undone", 100), ("chargeback", "opened", 100),
    ]  # fmt: skip
    assert (await ada.coins(), await ada.balance("buyers")) == (0, 0)


async def test_a_store_voids_in_growing_shares_and_lifts_it(ada: Returns, owner_connection: OwnConnection) -> None:
    order = await ada.buy(coins=100)
    async with _as_store(owner_connection, order):
        await ada.give(70)
        assert await ada.tell(order, ReversalState.DONE, share_ppm=250_000) == NewsOutcome.APPLIED
        assert await ada.tell(order, ReversalState.DONE, share_ppm=250_000) == NewsOutcome.REPEATED
        assert [(one["amount"]["amount_minor"], one["coins"]) for one in await ada.reversals(order)] == [(24, 25)]
        assert await ada.tell(order, ReversalState.DONE, share_ppm=1_000_000) == NewsOutcome.APPLIED
        assert await ada.tell(order, ReversalState.DONE, share_ppm=250_000) == NewsOutcome.REPEATED  # late
        assert [(one["amount"]["amount_minor"], one["coins"]) for one in await ada.reversals(order)] == [
            (24, 25),
            (72, 75),
        ]
        # Stores give their fee back with the money.
        assert [await ada.balance(kind) for kind in ("buyers", "taxes_owed", "channel_fees", "coin_sales")] == [
            0,
            0,
            0,
            0,
        ]
        assert await ada.tell(order, ReversalState.UNDONE) == NewsOutcome.APPLIED
        assert await ada.tell(order, ReversalState.UNDONE) == NewsOutcome.REPEATED
        assert (await ada.coins(), await ada.balance("buyers"), await ada.balance("channel_fees")) == (30, -96, 3)


async def test_a_void_lifted_and_made_again_is_told_apart_by_its_time(
    ada: Returns, owner_connection: OwnConnection
) -> None:
    order = await ada.buy(coins=100)
    async with _as_store(owner_connection, order):
        start = ada.shop.clock.now()
        told = []
        for state, day in (
            (ReversalState.DONE, 1), (ReversalState.UNDONE, 2), (ReversalState.DONE, 1), (ReversalState.DONE, 3),
            (ReversalState.UNDONE, 2),
        ):  # fmt: skip
            told.append(await ada.tell(order, state, at=start + timedelta(days=day)))
        assert told == [
            NewsOutcome.APPLIED,
            NewsOutcome.APPLIED,
            NewsOutcome.IGNORED,
            NewsOutcome.APPLIED,
            NewsOutcome.IGNORED,
        ]
        assert [one["state"] for one in await ada.reversals(order)] == ["undone", "done"]
        assert await ada.coins() == 0


async def test_another_currency_is_not_applied(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    assert await ada.hear("refund.succeeded", refund_of(order, currency="USD")) == "problem"
    assert await ada.coins() == 100
    assert await _problems(ada) == [("reversal_differs", 96, 96)]


async def test_a_refund_of_a_payment_that_gave_no_coins_takes_none(ada: Returns) -> None:
    order = await ada.shop.order(ada.buyer, coins=100)
    # Of an order that is not paid nothing can go back; the message waits for what is missing.
    assert await ada.hear("refund.succeeded", refund_of(order)) == "waiting"


async def _problems(ada: Returns) -> list[tuple[str, int, int]]:
    async with ada.shop.desk.house.database.read() as connection:
        rows = await connection.fetch("select kind, expected_minor, paid_minor from payment_problem order by 1")
    return [tuple(row) for row in rows]


# Races


async def test_two_withdrawals_at_once_take_once(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    answers = await asyncio.gather(*(ada.withdraw(order) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert (await ada.coins(), await ada.balance("buyers")) == (0, 0)


async def test_a_withdrawal_while_coins_are_being_spent(ada: Returns) -> None:
    order = await ada.buy(coins=100)
    outcomes, taken = await asyncio.gather(asyncio.gather(*(ada.give(7) for _ in range(20))), ada.withdraw(order))
    given = sum(7 for outcome in outcomes if outcome.outcome == "posted")
    back = taken.json()["coins"] if taken.status_code == 201 else 0
    assert given + back + await ada.coins() == 100
    assert taken.status_code in {201, 409, 429}


async def test_a_refund_and_a_chargeback_at_once_give_back_no_more_than_was_paid(
    ada: Returns, olga: httpx2.AsyncClient
) -> None:
    order = await ada.buy(coins=100)
    await ada.give(50)
    dispute = dispute_of(order)
    racing: list[Any] = [ada.hear("dispute.open", dispute), ada.refund(olga, order, amount_minor=60)]
    racing += [ada.hear("dispute.lost", dispute | {"state": "lost"}), ada.withdraw(order)]
    await asyncio.gather(*racing)
    standing = [one for one in await ada.reversals(order) if one["state"] != "undone"]
    assert sum(one["amount"]["amount_minor"] for one in standing) == 96
    assert sum(one["coins"] for one in standing) == 100
    lost = -await ada.balance("losses")  # whatever was asked for before the bank took all of it
    assert (await ada.coins(), await ada.balance("buyers")) == (0, lost)
    assert lost == 96 - sum(one["amount"]["amount_minor"] for one in standing if one["kind"] == "chargeback")


async def test_one_id_of_a_provider_on_two_orders_is_for_a_person(ada: Returns, olga: httpx2.AsyncClient) -> None:
    first, second = await ada.buy(), await ada.buy()
    assert await ada.hear("refund.succeeded", refund_of(first, id="rfd_1")) == "applied"
    assert await ada.hear("refund.succeeded", refund_of(second, id="rfd_1")) == "problem"
    assert await ada.reversals(second) == []
    [problem] = (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"]
    assert (problem["kind"], problem["order_id"], problem["payment_id"]) == ("reversal_differs", second["id"], "rfd_1")
    assert await ada.coins() == 100
