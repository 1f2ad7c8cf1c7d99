"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

OF_PAYOUT = """(shard, payout_id) in (
    select p.shard, p.id from payout p where p.shard = shard_of($1) and p.creator_id = $1)"""
"""Rows about payouts of the person `$1`."""

HELD = (
    Holding(
        table="payout_connection",
        codes="kind state needs",
        personal="account",
        kind=kinds.PAYOUTS,
        of="creator_id",
    ),
    Holding(
        table="payout",
        codes="provider currency state previous_state poll_failed_with provider_wait",
        personal="reason provider_reference",
        hidden="attention poll_error",
        kind=kinds.PAYOUTS,
        of="creator_id",
    ),
    Holding(
        table="payout_bank_outcome", codes="outcome", personal="reference reason", kind=kinds.PAYOUTS, where=OF_PAYOUT
    ),
    Holding(
        table="payout_event", codes="from_state to_state actor", personal="reason", kind=kinds.PAYOUTS, where=OF_PAYOUT
    ),
    Holding(table="payout_export_item", kind=kinds.PAYOUTS, where=OF_PAYOUT),
    Holding(
        table="payout_method",
        codes="provider kind currency name_match",
        personal="holder_name country account_ending iban bank_code account_number",
        hidden="account_key sealed_account account_fingerprint",
        kind=kinds.PAYOUTS,
        of="creator_id",
    ),
    Holding(table="payout_pass", codes="control", hidden="reason", kind=kinds.SAFETY, where=OF_PAYOUT),
    Holding(table="payout_quote", codes="currency", kind=kinds.PAYOUTS, of="creator_id"),
    Holding(table="payout_send", codes="failed_with", hidden="last_error", kind=kinds.PAYOUTS, where=OF_PAYOUT),
    Holding(
        table="screening",
        codes="provider failed_with identity",
        hidden="outcome reference last_error",  # an export must not tip off
        kind=kinds.SAFETY,
        of="creator_id",
    ),
    Holding(table="screening_decision", hidden="verdict reason", kind=kinds.WORK, of="decided_by"),
    Holding(table="vouched_name", hidden="sealed_name", kind=kinds.PROFILE, of="creator_id"),
    *about_nobody(
        payout_account_key="key_id",
        payout_export="currency",
        payout_export_download="",
        payout_rate="currency source source_note",
        payout_state="state description",
        payout_terms="method_kind fee_fixed_currency note",
        payout_transition="from_state to_state",
        screening_rule="provider",
        screening_word="outcome identity",
    ),
)
