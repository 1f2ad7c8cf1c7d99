"""One operator who means to pay themself: every step needs somebody else, and no way leads to cash."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from plaudit.connections import Connection, OwnConnection
from plaudit.ids import new_id
from plaudit.payouts.jobs import send_due
from plaudit.people.model import Role
from tests.integration.test_payouts import Studio, open_studio
from tests.support.linking import link
from tests.support.returns import Returns
from tests.support.shop import open_shop

PROPOSED, REFUSED, BELOW_PAYOUT = 202, 409, 422


async def _steps(studio: Studio, mole: httpx2.AsyncClient, accomplice: int) -> list[tuple[int, str | None]]:
    """What happened to each step of the way, from coins out of nothing to terms that let them through."""
    grant = {"id": studio.id(), "person_id": str(accomplice), "coins": 5_000, "reason": "A prize."}
    own = grant | {"id": studio.id(), "person_id": str(studio.creator_id), "coins": 1}
    rule = {"numerator": 1, "denominator": 1, "maturity_s": 0, "note": "sooner"}
    share = {"numerator": 1_000, "denominator": 1, "maturity_s": 604_800, "note": "more"}
    rate = {"currency": "USD", "numerator": 1_000_000, "denominator": 1, "note": "more"}
    other = {"currency": "NZD", "numerator": 1_000_000, "denominator": 1, "note": "a currency nobody looks at"}
    terms = {
        "fee_fixed_minor": 0, "fee_fixed_currency": "USD", "fee_bps": 0, "diamonds_min": 1,
        "diamonds_per_day_max": 1_000_000_000_000, "note": "no limits",
    }  # fmt: skip
    asked: list[tuple[str, dict[str, Any]]] = [
        ("operator/grants", grant), ("operator/grants", own), ("reward-rules", rule), ("reward-rules", share),
        ("payout-rates", rate), ("payout-rates", other), ("payout-terms", terms),
    ]  # fmt: skip
    answers = [await mole.post(f"/v1/{path}", json=body) for path, body in asked]
    return [(answer.status_code, answer.json().get("code")) for answer in answers]


async def _refused_by(studio: Studio, payout_id: str, operator_id: int) -> str | None:
    """What keeps an approval out of the table, whatever the application says."""
    statement = (
        "insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)"
        " select shard, id, 'requested', 'approved', now(), 'operator', $2 from payout where id = $1"
    )
    async with studio.shop.desk.house.database.read() as connection:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await connection.execute(statement, UUID(payout_id), operator_id)
    return refused.value.constraint_name


@pytest.mark.unsold
async def test_an_operator_cannot_pay_themself(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, one_operator=False) as studio:
        mole = studio.creator = await studio.shop.desk.person("ada", Role.OPERATOR, Role.CREATOR)
        accomplice = await studio.shop.desk.person_id("bea")
        await studio.earn(30_000)
        assert await _steps(studio, mole, accomplice) == [
            (PROPOSED, None),
            (REFUSED, "grant_to_oneself"),
            (REFUSED, "out_of_bounds"),
            (REFUSED, "out_of_bounds"),
            (REFUSED, "out_of_bounds"),
            (BELOW_PAYOUT, "sold_below_payout"),
            (REFUSED, "out_of_bounds"),
        ]
        for decision in (await mole.get("/v1/decisions?state=open")).json()["items"]:
            seen = {"content_sha256": decision["content_sha256"]}
            alone = await mole.post(f"/v1/decisions/{decision['id']}/confirm", json=seen)
            assert (alone.status_code, alone.json()["code"]) == (REFUSED, "second_person_needed")
        wallet = (await (await studio.shop.desk.person("bea")).get("/v1/wallet")).json()
        assert (wallet["coins"], wallet["lots"]["items"]) == (0, [])
        small, large = await studio.request(5_000), await studio.request(25_000, "5678")
        for payout_id in (small, large):  # one that an operator approves alone, and one that takes two
            own = await mole.post(f"/v1/payouts/{payout_id}/approve")
            assert (own.status_code, own.json()["code"]) == (REFUSED, "own_benefit")
            assert (await studio.payout(payout_id))["state"] == "requested"
        assert await _refused_by(studio, large, studio.creator_id) == "payout_is_approved_by_another"
        assert await _refused_by(studio, large, studio.creator_id + 1_000) == "payout_is_decided"
        assert await studio.work(send_due) == 0


@pytest.mark.unsold
async def test_with_one_operator_bounds_hold_and_nobody_approves_their_own(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, one_operator=True) as studio:
        mole = studio.creator = await studio.shop.desk.person("ada", Role.OPERATOR, Role.CREATOR)
        accomplice = await studio.shop.desk.person_id("bea")
        await studio.earn(30_000)
        assert [status for status, _ in await _steps(studio, mole, accomplice)] == [
            201, REFUSED, REFUSED, REFUSED, REFUSED, BELOW_PAYOUT, REFUSED,
        ]  # fmt: skip
        own = await mole.post(f"/v1/payouts/{await studio.request(25_000)}/approve")
        assert (own.status_code, own.json()["code"]) == (REFUSED, "own_benefit")


@pytest.mark.unsold
async def test_a_large_payout_takes_two(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, one_operator=False) as studio:
        await studio.earn(60_000)
        small, large = await studio.request(20_000), await studio.request(20_001, "5678")
        assert (await studio.operator.post(f"/v1/payouts/{small}/approve")).status_code == 200
        proposed = [await studio.operator.post(f"/v1/payouts/{large}/approve") for _ in range(2)]
        assert [answer.status_code for answer in proposed] == [PROPOSED, PROPOSED]
        decision = proposed[0].json()
        assert proposed[1].json() == decision
        assert [(one["label"], one["after"]) for one in decision["changes"]][:1] == [("Diamonds", "20,001 diamonds")]
        assert (await studio.payout(large))["state"] == "requested"
        seen = {"content_sha256": decision["content_sha256"]}
        path = f"/v1/decisions/{decision['id']}/confirm"
        for alone in (seen, seen | {"emergency": "The bank closes."}):
            assert (await studio.operator.post(path, json=alone)).json()["code"] == "second_person_needed"
        oskar = await studio.shop.desk.person("oskar", Role.OPERATOR)
        confirmed = await oskar.post(path, json=seen)
        assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
        assert (await studio.payout(large))["state"] == "approved"
        assert (await oskar.post(path, json=seen)).json() == confirmed.json()


@pytest.mark.unsold
async def test_a_decision_is_over_when_its_payout_is(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, one_operator=False) as studio:
        await studio.earn(60_000)
        oskar = await studio.shop.desk.person("oskar", Role.OPERATOR)
        cancelled, refused = await studio.request(20_001), await studio.request(20_002, "5678")
        paths = []
        for payout_id in (cancelled, refused):
            asked = await studio.operator.post(f"/v1/payouts/{payout_id}/approve")
            paths.append((f"/v1/decisions/{asked.json()['id']}", asked.json()["content_sha256"]))
        assert (await studio.creator.post(f"/v1/payouts/{cancelled}/cancel")).status_code == 200
        assert (await oskar.post(f"/v1/payouts/{refused}/refuse", json={"reason": "no"})).status_code == 200
        for path, sha256 in paths:
            assert (await oskar.get(path)).json()["state"] == "expired"
            late = await oskar.post(f"{path}/confirm", json={"content_sha256": sha256})
            assert (late.status_code, late.json()["code"]) == (REFUSED, "decision_not_open")


@pytest.mark.unsold
async def test_linked_accounts_share_a_day(database_url: str, tmp_path: Path, owner_connection: OwnConnection) -> None:
    """What one of them approved or gave alone counts for all of them."""
    for bound, value in (("payout_alone_day_diamonds", 5_000), ("grant_alone_day_coins", 10)):
        await owner_connection.execute("update decision_bound set value = $2 where name = $1", bound, value)
    async with open_studio(database_url, tmp_path, one_operator=False) as studio:
        desk, mole = studio.shop.desk, await studio.shop.desk.person("mona", Role.OPERATOR)
        bea = str(await desk.person_id("bea"))
        await studio.earn(30_000)
        first, second = await studio.request(5_000), await studio.request(5_000, "5678")
        grants = [{"id": studio.id(), "person_id": bea, "coins": 10, "reason": "A prize."} for _ in range(2)]
        assert (await mole.post(f"/v1/payouts/{first}/approve")).status_code == 200
        assert (await mole.post("/v1/operator/grants", json=grants[0])).status_code == 201
        await link(desk.house.database, await desk.person_id("mona"), await desk.person_id("olga"))
        assert (await studio.operator.post(f"/v1/payouts/{second}/approve")).status_code == PROPOSED
        assert (await studio.operator.post("/v1/operator/grants", json=grants[1])).status_code == PROPOSED


@pytest.mark.unsold
async def test_one_operator_does_not_pay_the_same_diamonds_again(database_url: str, tmp_path: Path) -> None:
    """Approved alone, paid by hand, and said to have come back: the diamonds would be there for another payout."""
    async with open_studio(database_url, tmp_path, one_operator=False, manual_payouts=True) as studio:
        mole = await studio.shop.desk.person("mona", Role.OPERATOR)
        oskar = await studio.shop.desk.person("oskar", Role.OPERATOR)
        await studio.earn(30_000)
        accomplices = await studio.request(5_000)
        assert (await mole.post(f"/v1/payouts/{accomplices}/approve")).status_code == 200
        assert (await mole.post("/v1/operator/payouts/exports", json={"id": studio.id()})).status_code == 201
        path, told = f"/v1/payouts/{accomplices}/outcome", {"outcome": "failed", "reference": "TX-1", "reason": "gone"}
        file = {"csv": f"payout_id,outcome,reference,reason\n{accomplices},failed,TX-1,gone\n"}
        for asked in (await mole.post(path, json=told), await mole.post("/v1/operator/payouts/outcomes", json=file)):
            assert (asked.status_code, asked.json()["code"]) == (REFUSED, "second_person_needed")
        assert (await mole.post(path, json={"outcome": "paid", "reference": "TX-1"})).status_code == 200
        told["outcome"] = "returned"
        assert (await mole.post(path, json=told)).json()["code"] == "second_person_needed"
        await link(studio.shop.desk.house.database, studio.creator_id, (await oskar.get("/v1/me")).json()["id"])
        assert (await oskar.post(path, json=told)).json()["code"] == "own_benefit"
        said = (UUID(accomplices), "returned", "operator", int((await oskar.get("/v1/me")).json()["id"]))
        async with studio.shop.desk.house.database.transaction() as connection:
            from_paid = _SAID.replace("'requested'", "'paid'")
            await _kept_out(connection, "payout_outcome_is_of_another", from_paid, *said)
        assert (await studio.operator.post(path, json=told)).json()["state"] == "returned"


async def test_an_operator_cannot_refund_their_own_order(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        ada = await Returns.of(shop)
        order = await ada.buy(100)
        mole, olga = [await shop.desk.person(name, Role.OPERATOR) for name in ("ada", "olga")]
        refused = await ada.refund(mole, order, all=True)
        assert (refused.status_code, refused.json()["code"]) == (REFUSED, "own_benefit")
        assert await ada.coins() == 100
        assert (await ada.refund(olga, order, all=True)).status_code == 201
        again = "insert into reversal select (jsonb_populate_record(r, $1)).* from reversal r"
        async with shop.desk.house.database.read() as connection:
            with pytest.raises(asyncpg.CheckViolationError) as kept:
                await connection.execute(again, {"requested_by": ada.person_id})
        assert kept.value.constraint_name == "refund_is_of_another"


_QUOTED = """insert into payout_quote (shard, id, creator_id, method_id, diamonds, rate_version, terms_version,
        currency, gross_minor, fee_minor, net_minor, quoted_at, expires_at)
    select shard, $2, creator_id, method_id, diamonds + $3, rate_version, terms_version, currency, gross_minor + $4,
        fee_minor + $5, net_minor + $4 - $5, quoted_at + $6, expires_at + $6 from payout_quote
    where id = (select quote_id from payout where id = $1)"""
_ASKED = """insert into payout (shard, id, creator_id, quote_id, method_id, provider, diamonds, currency, gross_minor,
        fee_minor, net_minor, state, requested_at, changed_at)
    select shard, $2, creator_id, quote_id, method_id, provider, diamonds, currency, gross_minor + $3, fee_minor,
        net_minor + $3, 'requested', requested_at + $4, changed_at + $4 from payout where id = $1"""
_SAID = """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
    select shard, id, 'requested', $2, now(), $3, $4 from payout where id = $1"""


@pytest.mark.unsold
async def test_a_payout_is_worth_its_diamonds_whoever_writes_it(database_url: str, tmp_path: Path) -> None:
    """With the connection of who serves: amounts are no matter of who quotes, and nobody but an operator agrees."""
    async with open_studio(database_url, tmp_path, one_operator=False) as studio:
        await studio.earn(30_000)
        asked, none, day = UUID(await studio.request(5_000)), timedelta(0), timedelta(days=1)
        statements: list[tuple[str, tuple[object, ...], str]] = [
            (_QUOTED, (0, 1, 0, none), "payout_quote_is_worth_it"),
            (_QUOTED, (0, 0, -1, none), "payout_quote_is_worth_it"),
            (_QUOTED, (-10, 0, 0, none), "payout_quote_is_worth_it"),
            (_ASKED, (1, none), "payout_is_its_quote|payout_quote_used"),
            (_ASKED, (0, day), "payout_is_its_quote|payout_quote_used"),
        ]
        async with studio.shop.desk.house.database.transaction() as connection:
            for statement, arguments, constraint in statements:
                await _kept_out(connection, constraint, statement, asked, new_id(studio.shop.clock), *arguments)
            for state, actor, actor_id in (("approved", "provider", None), ("approved", "creator", 1)):
                said = (asked, state, actor, actor_id)
                await _kept_out(connection, "payout_event_is_said_by_who_may", _SAID, *said)
            await connection.execute(_QUOTED, asked, new_id(studio.shop.clock), 0, 0, 0, none)


async def _kept_out(connection: Connection, constraint: str, statement: str, *arguments: object) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as kept:
        async with connection.transaction():
            await connection.execute(statement, *arguments)
    assert re.fullmatch(constraint, str(kept.value.constraint_name)), kept.value
