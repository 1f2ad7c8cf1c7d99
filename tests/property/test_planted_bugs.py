"""The machine of test_gift_books must see what it is there to see: bugs planted in the SQL, one at a time."""

import re
from pathlib import Path

import pytest
from hypothesis import Phase

from plaudit.db import connect
from plaudit.ledger.migrate import SQL_FOLDER
from tests.property.test_gift_books import hold_against_model
from tests.support.databases import broken_laws, run_aside

CHARGE = SQL_FOLDER / "functions" / "10_charge.sql"
DELIVER = SQL_FOLDER / "functions" / "20_deliver.sql"

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
        hold_against_model(database_url, examples=60, phases=[Phase.generate])
    except (Exception, BaseExceptionGroup):
        found = True
    assert found or run_aside(broken_laws(database_url))


async def _execute(url: str, sql: str) -> None:
    connection = await connect(url, role=None)
    await connection.execute(sql)
    await connection.close()
