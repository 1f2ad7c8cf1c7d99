"""The machines must see what they are there to see: bugs planted in the SQL, one at a time."""

import re
from pathlib import Path

import pytest
from hypothesis import Phase

from plaudit.db import connect
from plaudit.ledger.migrate import SQL_FOLDER
from tests.property import test_clawback
from tests.property.test_gift_books import hold_against_model
from tests.property.test_strip import hold_against_piles
from tests.support.databases import broken_laws, run_aside

ACCOUNTS = SQL_FOLDER / "functions" / "00_accounts.sql"
CHARGE = SQL_FOLDER / "functions" / "10_charge.sql"
DELIVER = SQL_FOLDER / "functions" / "20_deliver.sql"
STRIP = SQL_FOLDER / "functions" / "05_strip.sql"

BUGS = {
    "repeats are not looked for": (CHARGE, "if p_ids[i] <= purse.last_gift_id then", "if false then"),
    "the last gift is not a repeat": (CHARGE, "p_ids[i] <= purse.last_gift_id", "p_ids[i] < purse.last_gift_id"),
    "the last id goes back": (CHARGE, "greatest(purse.last_gift_id, p_ids[i])", "p_ids[i]"),
    "another price is a repeat": (
        CHARGE,
        "known.item_id, known.count, known.coins)",
        "known.item_id, known.count, p_coins[i])",
    ),
    "the refused pay": (CHARGE, "if p_refused[i] then", "if false then"),
    "one coin of credit": (CHARGE, "elsif purse.coins < p_coins[i]", "elsif purse.coins + 1 < p_coins[i]"),
    "the last coin cannot be spent": (CHARGE, "purse.coins < p_coins[i] then", "purse.coins <= p_coins[i] then"),
    "one coin less is taken": (CHARGE, "purse.coins := purse.coins - p_coins[i]", "\\g<0> + 1"),
    "shortage is the price": (CHARGE, "coins_short[i] := p_coins[i] - purse.coins", "coins_short[i] := p_coins[i]"),
    "a combo of another item goes on": (CHARGE, "and purse.combo_item_id = p_items[i] and", "and"),
    "a combo never ends": (CHARGE, "and purse.combo_at >= combo_since", "and true"),
    "a combo counts gifts, not items": (CHARGE, "purse.combo_count + p_counts[i]", "purse.combo_count + 1"),
    "delivered twice": (DELIVER, "g.balance + excluded.balance", "g.balance + 2 * excluded.balance"),
    "only the last delivery counts": (DELIVER, "g.received + excluded.received", "excluded.received"),
    "frames keep their number": (DELIVER, "set seq = h.seq + 1", "set seq = h.seq"),
    "a stream forgets where it is": (DELIVER, "delivered_through = through,", "delivered_through = through - 1,"),
    "a new lot always goes to the end": (STRIP, "and spend_rank(l) > spend_rank(added)", "and false"),
    "promotional coins are spent last": (STRIP, "p_lot.kind <> 'promotional'", "p_lot.kind = 'promotional'"),
    "what expires is spent last": (
        STRIP,
        "coalesce(p_lot.expires_at, 'infinity')",
        "coalesce(p_lot.expires_at, '-infinity')",
    ),
    "the lot being spent is laid twice": (STRIP, "lengths[1] := lengths[1] + p_spent - head.start_coin;", ""),
    "the spent part of a split lot is lost": (STRIP, "elsif head.lot_id is not null then", "elsif false then"),
    "promotional coins are refunded": (STRIP, "if taken_from.kind <> 'paid' then", "if false then"),
    "the first spent coins are marked": (STRIP, "order by lower(u) desc", "order by lower(u)"),
    "a coin is claimed twice": (STRIP, "free := free - (", "free := free * ("),
    "a gift is marked whole": (
        STRIP,
        "sum(least(c.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, g.spent_before))",
        "max(g.coins)",
    ),
    "put back twice": (STRIP, "reversal_id = p_reversal_id and put_back_at is null", "reversal_id = p_reversal_id"),
    "marks stay": (STRIP, "update gift_reversal set lifted_at = p_at", "update gift_reversal set lifted_at = null"),
    "the creator gets nothing back": (STRIP, "and direction = 'take';", "and false;"),
    "spent coins expire": (
        STRIP,
        "sum(end_coin - greatest(start_coin, purse.spent)), 0) into unspent",
        "sum(end_coin - start_coin), 0) into unspent",
    ),
    "whoever is below zero can draw more": (ACCOUNTS, "when p_may_overdraw or p_amount > 0 then", "when true then"),
    "what is paid off can be drawn again": (ACCOUNTS, "p_may_overdraw or p_amount > 0", "p_may_overdraw"),
    "a clawback stops at zero": (ACCOUNTS, "-p_amount, movement.may_overdraw)", "-p_amount, false)"),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str) -> None:
    file, right, wrong = BUGS[bug]
    sql = Path(file).read_text(encoding="utf-8")
    planted, places = re.subn(re.escape(right), wrong, sql)
    assert places, "the planted bug no longer fits the code"
    run_aside(_execute(database_url, planted))
    found = False
    try:
        hold = {STRIP: hold_against_piles, ACCOUNTS: test_clawback.hold_against_model}.get(file, hold_against_model)
        hold(database_url, examples=100, phases=[Phase.generate])
    except (Exception, BaseExceptionGroup, pytest.fail.Exception):
        found = True
    assert found or run_aside(broken_laws(database_url))


async def _execute(url: str, sql: str) -> None:
    connection = await connect(url, role=None)
    await connection.execute(sql)
    await connection.close()
