"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody
from plaudit.statements import statements

SQL = statements(__file__)

HELD = (
    Holding(table="account", codes="kind asset", kind=kinds.EARNINGS, of="owner_id"),
    Holding(table="brake", codes="currency time_zone", kind=kinds.LIMITS, of="id"),
    Holding(table="brake_creator", kind=kinds.LIMITS, of="brake_id"),
    Holding(
        table="delivery",
        personal="unshown",
        hidden="hash",
        kind=kinds.WORDS,
        stays="Part of the chain of deliveries; what it keeps of gifts has no words.",
    ),
    Holding(table="frame", codes="kind", personal="body lines", kind=kinds.WORDS, query=SQL["said_by"]),
    Holding(table="gift", codes="shares", personal="message", kind=kinds.COINS, of="viewer_id"),
    Holding(table="gift_balance", kind=kinds.EARNINGS, of="creator_id"),
    Holding(
        table="gift_batch", personal="lines unshown", kind=kinds.WORDS, stays="Gone as soon as its gifts are delivered."
    ),
    Holding(table="gift_log_reversal", codes="direction", kind=kinds.EARNINGS, of="creator_id"),
    Holding(table="gift_milestone", kind=kinds.COINS, of="viewer_id"),
    Holding(table="gift_reversal", kind=kinds.COINS, of="viewer_id"),
    Holding(table="hold", codes="purpose state previous_state failed_with error", kind=kinds.COINS, of="viewer_id"),
    Holding(table="hold_piece", kind=kinds.COINS, of="viewer_id"),
    Holding(table="lot", codes="kind currency", kind=kinds.COINS, of="viewer_id"),
    Holding(table="lot_reversal", kind=kinds.COINS, of="viewer_id"),
    Holding(table="message_removal", codes="removed_by", kind=kinds.COINS, of="viewer_id"),
    Holding(table="promotional_before", kind=kinds.COINS, of="viewer_id"),
    Holding(table="promotional_part", kind=kinds.COINS, of="viewer_id"),
    Holding(table="reversed_strip", kind=kinds.COINS, of="viewer_id"),
    Holding(table="strip", kind=kinds.COINS, of="viewer_id"),
    Holding(
        table="transfer",
        codes="reason debit_kind credit_kind asset asset_class",
        kind=kinds.COINS,
        where="shard = shard_of($1) and $1 in (debit_owner, credit_owner)",
    ),
    Holding(table="wallet", kind=kinds.COINS, of="viewer_id"),
    *about_nobody(
        account_kind="kind asset_class description",
        brake_rule="name",
        charge_stream="",
        database_life="place",
        delivery_stream="hash",
        follower="name",
        frozen_receiver="kind",
        gift_log="",
        hold_transition="from_state to_state description",
        ledger_setting="",
        money_turn="",
        room_head="",
        transfer_reason="reason debit_kind credit_kind description",
    ),
)
