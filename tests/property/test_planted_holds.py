"""Bugs planted in the SQL of coins that are held: the machine of holds must find each, by what it names."""

import pytest

from plaudit.schema.migrate import PACKAGE
from tests.property.test_holds import hold_against_held_piles
from tests.support.plants import plant, require_found

pytestmark = pytest.mark.unsold

HOLDS = PACKAGE / "ledger" / "functions" / "15_holds.sql"
STRIP = PACKAGE / "ledger" / "functions" / "05_strip.sql"

# File, what is right, what stands there instead, and the rule, invariant, constraint or law that must see it.
BUGS = {
    "what is held is spent in its turn": (
        STRIP,
        "array_agg(part.coins order by part.is_first desc, spend_rank(l))",
        "array_agg(part.coins order by spend_rank(l))",
        "lots_are_where_their_coins_are",
    ),
    "a hold takes coins that come later": (
        HOLDS,
        "and s.start_coin < purse.spent + p_coins and s.end_coin > purse.spent",
        "and s.start_coin >= purse.spent and s.end_coin <= purse.spent + p_coins",
        "wallet_not_overdrawn or held_coins_are_those_of_the_pile",
    ),
    "a hold takes what was spent": (
        HOLDS,
        "- greatest(s.start_coin, purse.spent))",
        "- s.start_coin)",
        "strip_check or held_coins_are_those_of_the_pile",
    ),
    "one coin more is held than there is": (
        HOLDS,
        "coalesce(purse.coins, 0) < p_coins then",
        "coalesce(purse.coins, 0) + 1 < p_coins then",
        "wallet_not_overdrawn",
    ),
    "the last coin cannot be held": (
        HOLDS,
        "coalesce(purse.coins, 0) < p_coins then",
        "coalesce(purse.coins, 0) <= p_coins then",
        "hold",
    ),
    "what is missing is the hold": (
        HOLDS,
        "coins_short := p_coins - coalesce(purse.coins, 0)",
        "coins_short := p_coins",
        "hold",
    ),
    "another hold is a repeat": (
        HOLDS,
        "known.purpose, known.coins, known.ends_at)",
        "known.purpose, p_coins, known.ends_at)",
        "hold_with_an_id_that_was_used",
    ),
    "another end is a repeat": (
        HOLDS,
        "known.coins, known.ends_at)",
        "known.coins, p_ends_at)",
        "hold_with_an_id_that_was_used",
    ),
    "what is held stays free": (
        HOLDS,
        "coins = coins - p_direction * p_hold.coins",
        "coins = coins",
        "the_wallet_is_the_pile",
    ),
    "lots do not know what is held": (
        HOLDS,
        "coins_held = coins_held + p_direction * c.coins",
        "coins_held = coins_held",
        "what_is_held_is_known_of_wallet_and_lots",
    ),
    "a hold is spent after its end": (
        HOLDS,
        "and known.ends_at > p_charged_at",
        "",
        "hold_is_spent_in_time",
    ),
    "a hold is spent twice": (
        HOLDS,
        "not is_braked and known.state = 'held'",
        "not is_braked",
        "hold_moves_on",
    ),
    "a hold pays for a dearer gift": (
        HOLDS,
        "and known.coins = p_gift.coins",
        "",
        "spend_held or _try_to_spend",
    ),
    "a refused gift is paid by its hold": (
        HOLDS,
        "is not null and not p_refused and not is_frozen and",
        "is not null and not is_frozen and",
        "_try_to_spend",
    ),
    "a hold is spent on a gift that was paid": (
        HOLDS,
        "and g.id = p_gift.id)",
        "and g.id = p_gift.id and false)",
        "do not fit",
    ),
    "a gift that was paid otherwise is a repeat": (
        HOLDS,
        "if outcome = 'repeated' and known.gift_id",
        "if false and known.gift_id",
        "spend_held_on_a_gift_that_was_paid_otherwise",
    ),
    "what is released comes first": (
        HOLDS,
        "p_hold, -1, p_state = 'spent')",
        "p_hold, -1, true)",
        "the_strip_is_the_pile",
    ),
    "what expired meanwhile stays": (
        HOLDS,
        "    perform expire_wallet(p_shard, p_viewer_id, p_at);\n",
        "",
        "lots_are_where_their_coins_are",
    ),
    "what expired in a broken hold stays": (
        STRIP,
        "if broken > 0 then",
        "if false then",
        "lots_are_where_their_coins_are",
    ),
    "a hold is let go twice": (
        HOLDS,
        "and h.hold_id = p_hold_id and h.state = 'held';",
        "and h.hold_id = p_hold_id;",
        "hold_moves_on",
    ),
    "every hold is released": (
        HOLDS,
        "case when p_at < known.ends_at then 'released' else 'lapsed' end",
        "'released'",
        "held_coins_are_those_of_the_pile",
    ),
    "no hold breaks": (
        HOLDS,
        "        perform end_hold(p_purse, known, 'broken', p_at);",
        "        continue;",
        "lot_not_over_held",
    ),
    "all holds of a lot break": (
        HOLDS,
        "exit when free >= p_coins;",
        "",
        "held_coins_are_those_of_the_pile",
    ),
    "the first hold breaks first": (
        HOLDS,
        "order by h.held_at desc, h.hold_id desc",
        "order by h.held_at, h.hold_id",
        "held_coins_are_those_of_the_pile",
    ),
    "what was spent counts as free": (
        HOLDS,
        "end_coin - greatest(start_coin, p_purse.spent)), 0) into free",
        "end_coin - start_coin), 0) into free",
        "take_back or lot_unspent_not_enough",
    ),
    "held coins expire": (
        STRIP,
        "    if unspent = 0 then",
        "    unspent := unspent + (select coins_held from lot l where l.shard = p_shard and l.lot_id = p_lot_id);"
        "\n    if unspent = 0 then",
        "strip_check or lot_not_over_held or held_coins_are_those_of_the_pile",
    ),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str) -> None:
    file, right, wrong, found_by = BUGS[bug]
    plant(database_url, file, right, wrong)
    require_found(
        found_by, database_url, lambda examples: hold_against_held_piles(database_url, examples=examples, planted=True)
    )
