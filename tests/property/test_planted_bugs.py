"""The machines must see what they are there to see: bugs planted in the SQL, one at a time."""

import asyncpg
import pytest

from plaudit.schema.migrate import PACKAGE
from tests.property import test_clawback
from tests.property.test_gift_books import hold_against_model
from tests.property.test_strip import hold_against_piles
from tests.support.plants import finders, plant, require_found

pytestmark = pytest.mark.unsold

ACCOUNTS = PACKAGE / "ledger" / "functions" / "00_accounts.sql"
CHARGE = PACKAGE / "ledger" / "functions" / "10_charge.sql"
DELIVER = PACKAGE / "ledger" / "functions" / "20_deliver.sql"
STRIP = PACKAGE / "ledger" / "functions" / "05_strip.sql"
WALK = PACKAGE / "ledger" / "functions" / "07_gifts_of.sql"
SHARES = PACKAGE / "schema" / "migrations" / "0028_pre_ledger_gift_parts.sql"

# File, what is right, what stands there instead, and the rule, invariant, constraint or law that must see it.
BUGS = {
    "repeats are not looked for": (
        CHARGE,
        "if line.id <= purse.last_gift_id then",
        "if false then",
        "gift_pkey",
    ),
    "the last gift is not a repeat": (
        CHARGE,
        "line.id <= purse.last_gift_id",
        "line.id < purse.last_gift_id",
        "gift_pkey",
    ),
    "the last id goes back": (
        CHARGE,
        "greatest(purse.last_gift_id, line.id)",
        "line.id",
        "gift_pkey",
    ),
    "a gift names the first of its combo": (
        CHARGE,
        "array_append(previous_ids, purse.newest_gift_id)",
        "array_append(previous_ids, case when purse.spent > 0 then purse.combo_id end)",
        "gifts_follow_each_other",
    ),
    "a gift names itself": (
        CHARGE,
        "array_append(previous_ids, purse.newest_gift_id)",
        "array_append(previous_ids, line.id)",
        "gift_follows_another",
    ),
    "the wallet's newest gift is the highest": (
        CHARGE,
        "purse.newest_gift_id := line.id;",
        "purse.newest_gift_id := purse.last_gift_id;",
        "gifts_follow_each_other",
    ),
    "a wallet forgets its newest gift": (
        CHARGE,
        "newest_gift_id = c.newest_gift_id,",
        "",
        "wallet_knows_its_newest_gift",
    ),
    "every gift is a milestone from the first one on": (
        CHARGE,
        "purse.gifts_since_milestone := 0;",
        "",
        "gifts_follow_each_other",
    ),
    "a milestone lies behind its gift": (
        CHARGE,
        "row(p_shard, viewer, purse.spent, line.id)",
        "row(p_shard, viewer, purse.spent + line.coins, line.id)",
        "gifts_follow_each_other",
    ),
    "the walk goes on a gift too few": (
        WALK,
        "(walk.step).spent_before > p_down_to",
        "(walk.step).spent_before > p_down_to + 1",
        "look_who_spent or the_newest_gift_leads_to_all",
    ),
    "the walk begins at a milestone too far back": (
        WALK,
        "m.spent_before >= p_end_coin",
        "m.spent_before >= p_start_coin",
        "look_who_spent",
    ),
    "another price is a repeat": (
        CHARGE,
        "known.count, known.coins, known.message",
        "known.count, line.coins, known.message",
        "send",
    ),
    "another share is a repeat": (
        CHARGE,
        "line.position_ms, line.shares)",
        "line.position_ms, known.shares)",
        "send",
    ),
    "another video is a repeat": (
        CHARGE,
        "line.video_id, line.position_ms, line.shares)",
        "known.video_id, line.position_ms, line.shares)",
        "send",
    ),
    "another place in the video is a repeat": (
        CHARGE,
        "line.video_id, line.position_ms, line.shares)",
        "line.video_id, known.position_ms, line.shares)",
        "send",
    ),
    "another room is a repeat": (
        CHARGE,
        "(line.creator_id, line.room_id, line.item_id",
        "(line.creator_id, known.room_id, line.item_id",
        "send",
    ),
    "other words are a repeat": (
        CHARGE,
        "line.coins, line.message, line.anonymous,",
        "line.coins, known.message, line.anonymous,",
        "send",
    ),
    "a sender who shows is a repeat": (
        CHARGE,
        "line.coins, line.message, line.anonymous,",
        "line.coins, line.message, known.anonymous,",
        "send",
    ),
    "shares need not add up": (
        SHARES,
        "sum(coins) = p_coins and bool_and",
        "bool_and",
        "send_shares_that_are_not_the_price",
    ),
    "a creator has two shares": (
        SHARES,
        "and count(distinct creator_id) = count(*)",
        "",
        "send_shares_that_are_not_the_price",
    ),
    "a share of nothing": (
        SHARES,
        "bool_and(coins > 0)",
        "true",
        "send_shares_that_are_not_the_price",
    ),
    "a share goes to the shard of the room": (
        CHARGE,
        "select a.place, s.share_no, s.creator_id, s.coins, s.creator_shard",
        "select a.place, s.share_no, s.creator_id, s.coins, a.creator_shard",
        "gift_shares_are_in_batches or gift_balances_agree or clearing_equals_undelivered_batches",
    ),
    "a share is known by the wrong batch": (
        CHARGE,
        "array_agg(b.batch_no order by s.share_no)",
        "array_agg(n.batch_no order by s.share_no)",
        "clearing_equals_undelivered_batches or deliveries_keep_each_share_once",
    ),
    "a divided gift is all its receiver's too": (
        CHARGE,
        "case when line.shares is null then line.coins else 0 end",
        "line.coins",
        "gift_balances_agree or frames_show_each_gift_once",
    ),
    "the last share is not delivered": (
        CHARGE,
        "where a.shares is not null\n    ), numbered",
        "where a.shares is not null and (s.share_no = 1 or s.share_no < cardinality(a.shares))\n    ), numbered",
        "gift_shares_are_in_batches",
    ),
    "gifts on a video go on with a room's combo": (
        CHARGE,
        "if purse.combo_room_id = target_id and",
        "if (purse.combo_room_id = target_id or line.room_id is null) and",
        "send",
    ),
    "a line is shown twice": (
        DELIVER,
        "select generate_subscripts(v_lines, 1) as place, unnest(v_lines) as line",
        "select generate_subscripts(v_all, 1) as place, unnest(v_all) as line",
        "frames_show_each_gift_once",
    ),
    "shares are not sealed": (
        DELIVER,
        "through, v_all);",
        "through, coalesce(v_lines, v_all));",
        "hashes_chain",
    ),
    "the refused pay": (
        CHARGE,
        "if p_refused[i] then",
        "if false then",
        "send",
    ),
    "one coin of credit": (
        CHARGE,
        "if purse.coins < line.coins then",
        "if purse.coins + 1 < line.coins then",
        "wallet_not_overdrawn or gift_check",
    ),
    "the last coin cannot be spent": (
        CHARGE,
        "purse.coins < line.coins then",
        "purse.coins <= line.coins then",
        "send",
    ),
    "one coin less is taken": (
        CHARGE,
        "purse.coins := purse.coins - line.coins",
        "\\g<0> + 1",
        "send",
    ),
    "shortage is the price": (
        CHARGE,
        "coins_short[i] := line.coins - purse.coins",
        "coins_short[i] := line.coins",
        "send",
    ),
    "a combo of another item goes on": (
        CHARGE,
        "and purse.combo_item_id = line.item_id and",
        "and",
        "send",
    ),
    "a hidden gift goes on with a combo that names its sender": (
        CHARGE,
        "and purse.combo_anonymous = line.anonymous",
        "",
        "send",
    ),
    "a combo never ends": (
        CHARGE,
        "and purse.combo_at >= combo_since",
        "and true",
        "send",
    ),
    "a combo counts gifts, not items": (
        CHARGE,
        "purse.combo_count + line.count",
        "purse.combo_count + 1",
        "send",
    ),
    "delivered twice": (
        DELIVER,
        "g.balance + excluded.balance",
        "g.balance + 2 * excluded.balance",
        "gift_balance_check",
    ),
    "only the last delivery counts": (
        DELIVER,
        "g.received + excluded.received",
        "excluded.received",
        "gift_balance_check",
    ),
    "frames keep their number": (
        DELIVER,
        "set seq = h.seq + 1",
        "set seq = h.seq",
        "frame_pkey",
    ),
    "a stream forgets where it is": (
        DELIVER,
        "delivered_through = through,",
        "delivered_through = through - 1,",
        "a batch is missing",
    ),
    "a new lot always goes to the end": (
        STRIP,
        "and spend_rank(l) > spend_rank(added)",
        "and false",
        "lots_are_where_their_coins_are or take_back",
    ),
    "promotional coins are spent last": (
        STRIP,
        "p_lot.kind <> 'promotional'",
        "p_lot.kind = 'promotional'",
        "the_strip_is_the_pile or take_back",
    ),
    "what expires is spent last": (
        STRIP,
        "coalesce(p_lot.expires_at, 'infinity')",
        "coalesce(p_lot.expires_at, '-infinity')",
        "lots_are_where_their_coins_are or the_strip_is_the_pile",
    ),
    "the lot being spent is laid twice": (
        STRIP,
        "lengths[1] := lengths[1] + p_spent - head.start_coin;",
        "",
        "lots_are_where_their_coins_are",
    ),
    "the spent part of a split lot is lost": (
        STRIP,
        "elsif head.lot_id is not null then",
        "elsif false then",
        "strip_shard_viewer_id_follows_fkey",
    ),
    "promotional coins are refunded": (
        STRIP,
        "if taken_from.kind <> 'paid' then",
        "if false then",
        "take_back",
    ),
    "the first spent coins are marked": (
        STRIP,
        "order by lower(u) desc",
        "order by lower(u)",
        "marks_are_on_the_gifts_that_were_paid",
    ),
    "a coin is claimed twice": (
        STRIP,
        "free := free - (",
        "free := free * (",
        "coins are nowhere on the strip",
    ),
    "a gift is marked whole": (
        STRIP,
        "sum(least(c.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, g.spent_before))",
        "max(g.coins)",
        "creators_owe_what_is_marked",
    ),
    "a share is marked as the receiver's": (
        STRIP,
        "p_reversal_id, g.creator_id, g.room_id",
        "p_reversal_id, p_viewer_id + 1, g.room_id",
        "creators_owe_what_is_marked",
    ),
    "one share is clawed back for all": (
        STRIP,
        "and g.creator_id = m.creator_id\n        and g.coins > 0",
        "and g.coins > 0",
        "creators_owe_what_is_marked",
    ),
    "put back twice": (
        STRIP,
        "reversal_id = p_reversal_id and put_back_at is null",
        "reversal_id = p_reversal_id",
        "clawback_pkey or lot_not_over_reversed",
    ),
    "marks stay": (
        STRIP,
        "update gift_reversal set lifted_at = p_at",
        "update gift_reversal set lifted_at = null",
        "marks_are_on_the_gifts_that_were_paid",
    ),
    "the creator gets nothing back": (
        STRIP,
        "and direction = 'take';",
        "and false;",
        "creators_owe_what_is_marked",
    ),
    "spent coins expire": (
        STRIP,
        "sum(end_coin - greatest(start_coin, purse.spent)), 0) into unspent",
        "sum(end_coin - start_coin), 0) into unspent",
        "strip_check",
    ),
    "whoever is below zero can draw more": (
        ACCOUNTS,
        "when p_may_overdraw or p_amount > 0 then",
        "when true then",
        "draw",
    ),
    "what is paid off can be drawn again": (
        ACCOUNTS,
        "p_may_overdraw or p_amount > 0",
        "p_may_overdraw",
        "draw",
    ),
    "a clawback stops at zero": (
        ACCOUNTS,
        "-p_amount, movement.may_overdraw)",
        "-p_amount, false)",
        "account_not_overdrawn",
    ),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str) -> None:
    file, right, wrong, found_by = BUGS[bug]
    plant(database_url, file, right, wrong)
    hold = {STRIP: hold_against_piles, WALK: hold_against_piles, ACCOUNTS: test_clawback.hold_against_model}.get(
        file, hold_against_model
    )
    require_found(found_by, database_url, lambda examples: hold(database_url, examples=examples, planted=True))


def test_a_statement_that_cannot_run_is_no_finding(database_url: str) -> None:
    plant(database_url, CHARGE, "purse.coins := purse.coins - line.coins", "purse.coins := purse.no_such_column")
    with pytest.raises(asyncpg.UndefinedColumnError):
        finders(database_url, lambda: hold_against_model(database_url, examples=100, planted=True))


@pytest.mark.parametrize("error", [TypeError("in the test"), ConnectionResetError(), asyncpg.PostgresSyntaxError()])
def test_another_error_is_no_finding(error: Exception) -> None:
    def broken() -> None:
        raise error

    with pytest.raises(type(error)):
        finders("", broken)
