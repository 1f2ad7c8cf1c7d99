"""Each table in which people act says with which key a server did it for them; the database's catalogue is asked."""

import pytest

from plaudit.connections import OwnConnection

TABLES = """
select c.relname::text as name, coalesce(bool_or(a.attname = 'key_id'), false) as has_key,
    coalesce(bool_or(pg_get_expr(d.adbin, d.adrelid) = 'acting_key()'), false) as says_it_itself
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
group by c.oid, c.relname
having bool_or(
    a.atttypid = 'bigint'::regtype and a.attname ~ '^(person|creator|viewer|owner|buyer)_id$|_(by|owner)$'
    or exists (
        select from pg_constraint f
        where f.contype = 'f' and f.conrelid = c.oid and f.confrelid = 'person'::regclass and a.attnum = any (f.conkey)
    )
)
"""


def tables(names: str) -> set[str]:
    return set(names.split())


OPERATORS = tables(
    """
    art coin_grant debt_write_off decision decision_bound_withdrawal decision_seen freeze_record general_account
    item_version legal_hold link_proposal minor_refund payment_problem payout_bank_outcome payout_export
    payout_export_download payout_pass payout_rate payout_terms person_link policy_pack price_book
    price_book_withdrawal price_draft reconciliation_difference reconciliation_run reward_rule role_grant
    safety_case safety_step screening_decision store_link_report subdivision_tax_rate tax_rate webhook_endpoint
    webhook_replay
    """
)
"""What operators do, which no key may."""

FOLLOWS = tables(
    """
    account allowance_taken brake_creator brake_terms clawback clawback_part creator_total credit_note earnings_country
    earnings_gift earnings_line earnings_month earnings_statement event_combo
    gift_balance gift_log_reversal gift_milestone gift_reversal hold_piece lot lot_reversal mail promotional_before
    promotional_part quote_tax receipt region_decision reversed_strip rule_decision safety_due safety_finding
    safety_flow safety_told screening strip transfer wallet
    """
)
"""What is made of other rows, which name the key."""

CARDS = {"age_silence", "card_customer", "payout_connection", "saved_card"}
"""What a consent or a method has led to, which names the key; and what a provider has told, or did not."""

TOLD = {"video"}
"""What a platform says of its own, by its key or a token; the trail has by which."""

GIVEN = {"act", "gift", "message_removal", "session", "sign_in_code"}
"""A statement names the key: of the request, of one of many in a batch, or of whom the code came from."""

THEMSELVES = {"age_request", "guardian_invitation", "guardian_limit", "guardian_stop", "rule_consent"}
"""What people ask their wallets and guardians say, which no key may."""

STREAMS = {"stream"}
"""Its `key_id` is the key of a stream, with which a media server came."""


@pytest.mark.sql
async def test_whoever_acts_in_somebody_s_name_leaves_it_in_the_row(prepared_on: OwnConnection) -> None:
    found = {row["name"]: row for row in await prepared_on.fetch(TABLES)}
    silent = OPERATORS | FOLLOWS | CARDS | TOLD | THEMSELVES
    assert silent | GIVEN | STREAMS <= found.keys(), "there is no such table"
    assert {"recharge_order", "quote", "payout", "thank"} <= found.keys() - silent - GIVEN
    wrong = {name for name, row in found.items() if name not in silent | GIVEN | STREAMS and not row["says_it_itself"]}
    assert not wrong, "give it a column key_id with the default acting_key(), or say here why not"
    assert {name for name in GIVEN | STREAMS if not found[name]["has_key"]} == set()
    assert {name for name in silent if found[name]["has_key"]} == set(), "it says so itself"
