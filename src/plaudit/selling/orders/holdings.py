"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

OF_ORDER = """(shard, order_id) in (
    select o.shard, o.order_id from recharge_order o where o.shard = shard_of($1) and o.person_id = $1)"""
"""Rows about orders of the person `$1`."""

HELD = (
    Holding(
        table="payment_decision",
        codes="outcome region reasons error failed_with",
        personal="payment_id",
        kind=kinds.PURCHASES,
        where=OF_ORDER,
    ),
    Holding(
        table="payment_problem",
        codes="kind expected_currency paid_currency",
        personal="payment_id detail",
        hidden="resolution",
        kind=kinds.PURCHASES,
        where=OF_ORDER,
    ),
    Holding(
        table="quote",
        codes="request region region_source channel currency tax_name",
        hidden="signature",
        kind=kinds.PURCHASES,
        of="person_id",
    ),
    Holding(
        table="quote_tax",
        codes="country subdivision source name reference",
        personal="postal_code",
        kind=kinds.PURCHASES,
        of="person_id",
    ),
    Holding(
        table="recharge_order",
        codes="provider state previous_state paid_currency failed_with method decline",
        personal="return_url payment_id checkout_url locale voucher",
        hidden="poll_error",
        kind=kinds.PURCHASES,
        of="person_id",
    ),
    Holding(
        table="store_finishing",
        codes="provider state failed_with",
        personal="payment_id",
        hidden="error",
        kind=kinds.PURCHASES,
        where=OF_ORDER,
    ),
    Holding(table="withdrawal_consent", codes="version language words", kind=kinds.PURCHASES, where=OF_ORDER),
    *about_nobody(order_transition="from_state to_state description", payment_problem_kind="kind description"),
)
