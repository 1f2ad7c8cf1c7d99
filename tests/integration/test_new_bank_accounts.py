"""Nothing is paid to a bank account that was just added, and its creator's platform is told of it."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from plaudit.ids import new_id
from plaudit.people.model import Role
from tests.integration.test_payouts import open_studio

HOLD_HOURS = 72

pytestmark = pytest.mark.unsold


async def test_a_new_account_is_not_paid_for_a_while(database_url: str, tmp_path: Path) -> None:
    """Who took over a creator's account adds theirs: its owner hears of it days before anything is paid there."""
    async with open_studio(database_url, tmp_path, payout_method_hold_hours=HOLD_HOURS) as studio:
        clock, house = studio.shop.clock, studio.shop.desk.house
        await studio.earn(10_000)
        method_id = await studio.method()
        kept = (await studio.creator.get("/v1/payout-methods")).json()["items"]
        payable_from = (clock.now() + timedelta(hours=HOLD_HOURS)).isoformat().replace("+00:00", "Z")
        assert [one["payable_from"] for one in kept] == [payable_from]
        asked = {"id": studio.id(), "diamonds": 5_000, "method_id": method_id}
        refused = await studio.creator.post("/v1/payout-quotes", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (409, "payout_method_too_new")
        assert refused.json()["payable_from"] == payable_from
        page = await studio.creator.get("/studio/payouts", headers={"accept": "text/html"})
        assert "paid from" in page.text
        clock.advance(timedelta(hours=HOLD_HOURS))
        studio.creator = await studio.shop.desk.person("ada", Role.CREATOR)
        assert (await studio.creator.post("/v1/payout-quotes", json=asked)).status_code == 201
        asked_for = await studio.creator.post("/v1/payouts", json={"id": studio.id(), "quote_id": asked["id"]})
        assert asked_for.status_code == 201, asked_for.text
        await studio.creator.delete(f"/v1/payout-methods/{method_id}")
        await studio.creator.delete(f"/v1/payout-methods/{method_id}")
        async with house.database.read() as connection:
            told = await connection.fetch(
                "select data ->> 'change' as change, data ->> 'account_ending' as ending from event_waiting"
                " where type = 'payout_method.changed' order by number"
            )
        assert [tuple(one) for one in told] == [("added", "1234"), ("removed", "1234")]


async def test_the_database_pays_no_new_account(database_url: str, tmp_path: Path) -> None:
    """Whoever writes past the actions is refused."""
    async with open_studio(database_url, tmp_path) as studio:
        await studio.earn(10_000)
        quote_id, method_id = studio.id(), await studio.method()
        asked = {"id": quote_id, "diamonds": 5_000, "method_id": method_id}
        assert (await studio.creator.post("/v1/payout-quotes", json=asked)).status_code == 201
        database, clock = studio.shop.desk.house.database, studio.shop.clock
        fresh = new_id(clock)
        async with database.transaction() as connection:
            await connection.execute(
                "insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency,"
                " account_ending, account_key, sealed_account, created_at, payable_from)"
                " select shard, $1, creator_id, provider, kind, holder_name, country, currency, account_ending,"
                " account_key, sealed_account, $2, $2::timestamptz + interval '1 hour' from payout_method"
                " where id = $3",
                *(fresh, clock.now(), UUID(method_id)),
            )
        with pytest.raises(asyncpg.CheckViolationError, match="nothing is paid"):
            async with database.transaction() as connection:
                await connection.execute(
                    "insert into payout (shard, id, creator_id, quote_id, method_id, provider, diamonds, currency,"
                    " gross_minor, fee_minor, net_minor, state, requested_at, changed_at)"
                    " select shard, $1, creator_id, id, $2, 'sandbox', diamonds, currency, gross_minor, fee_minor,"
                    " net_minor, 'requested', $3, $3 from payout_quote where id = $4",
                    *(new_id(clock), fresh, clock.now(), UUID(quote_id)),
                )
