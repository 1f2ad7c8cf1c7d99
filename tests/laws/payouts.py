"""What breaks the laws of payouts."""

from tests.support.deciding import confirmed

_APPROVED = """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
    select shard, id, 'requested', 'approved', changed_at, 'operator', {} from payout"""
_NONE_ALONE = "; update decision_bound set value = 1 where name = 'payout_alone_diamonds'"
_NOTHING_A_DAY = """; update decision_bound set value = 0, recorded_at = '2000-01-01 00:00Z'
    where name = 'payout_person_day_count'"""
_NOTHING_TO_AN_ACCOUNT = """; update decision_bound set value = 0, recorded_at = '2000-01-01 00:00Z'
    where name in ('payout_account_week_diamonds', 'payout_unnamed_diamonds')"""
_ASKED = """; insert into screening_rule (provider, age_max_s, set_at)
    select 'sandbox-screening', 86400, '2000-01-01 00:00Z'"""
_RATE_OF_IT = """; update payout_rate set source = 'operator', recorded_by = 1,
    decision_id = (select id from decision where kind = 'payout_rate') where version = 1"""

BREAKS = [
    ("payouts_equal_movements", "update payout set diamonds = diamonds + 1"),
    (
        "payouts_equal_movements",
        "update transfer set debit_owner = 4 where reason = 'payout_requested'",
    ),
    ("payouts_equal_movements", "update payout set state = 'approved', previous_state = 'requested'"),
    (
        "manual_payouts_are_exported",
        """insert into payout_bank_outcome (shard, payout_id, outcome, reference, recorded_at, recorded_by)
        select shard, id, 'paid', 'none', changed_at, 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        "insert into payout_export_item (shard, payout_id, export_number) select shard, id, 1 from payout",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'approved', 'sent', changed_at, 'operator', 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'sent', 'paid', changed_at, 'operator', 1 from payout""",
    ),
    ("payout_rates_are_decided", "update payout_rate set source = 'operator', recorded_by = 1 where version = 1"),
    ("payout_rates_are_decided", confirmed("payout_rate", {})),
    (
        "payout_rates_are_decided",
        confirmed("payout_rate", {"currency": "USD", "numerator": 1, "denominator": 3}) + _RATE_OF_IT,
    ),
    ("payout_terms_are_decided", "update payout_terms set recorded_by = 1"),
    ("payout_terms_are_decided", confirmed("payout_terms", {})),
    ("large_payouts_are_decided", _APPROVED.format("creator_id")),
    (
        "large_payouts_are_decided",
        _APPROVED.format("1") + _NONE_ALONE,
    ),
    (
        "large_payouts_are_decided",
        _APPROVED.format("1") + _NONE_ALONE.replace("payout_alone_diamonds", "payout_alone_day_diamonds"),
    ),
    ("large_payouts_are_decided", confirmed("payout", {})),
    (
        "reference_rates_follow_the_house",
        """insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at,
            recorded_at)
        select 1 + max(version), 'GBP', 1, 1, 'reference', 'none', now(), now() from payout_rate""",
    ),
    ("payouts_are_worth_their_diamonds", "update payout set gross_minor = gross_minor + 1, net_minor = net_minor + 1"),
    *(
        ("payouts_are_worth_their_diamonds", changed)
        for changed in (
            """update payout_quote set gross_minor = gross_minor + 1, net_minor = net_minor + 1;
            update payout set gross_minor = gross_minor + 1, net_minor = net_minor + 1""",
            """update payout_quote set fee_minor = fee_minor + 1, net_minor = net_minor - 1;
            update payout set fee_minor = fee_minor + 1, net_minor = net_minor - 1""",
            """insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at,
                recorded_at)
            select 1000 + version, currency, numerator, denominator, source, 'held', (
                    select min(quoted_at) - interval '2 minutes' from payout_quote),
                recorded_at from payout_rate""",
        )
    ),
    (
        "payouts_are_screened",
        _APPROVED.format("1").replace("'requested', 'approved'", "'approved', 'sent'") + _ASKED,
    ),
    (
        "payouts_are_controlled",
        _APPROVED.format("1") + _NOTHING_A_DAY,
    ),
    (
        "payout_methods_have_what_they_need",
        """update payout_method set kind = 'stripe_account', sealed_account = '', iban = null, bank_code = null,
            account_number = null, account_ending = ''""",
    ),
    (
        "payout_methods_have_what_they_need",
        """update payout_method set kind = 'stripe_account', sealed_account = '', account_ending = '';
        insert into payout_connection (shard, method_id, creator_id, changed_at)
        select shard, id, creator_id, now() from payout_method""",
    ),
    ("bank_accounts_are_controlled", _APPROVED.format("1") + _NOTHING_TO_AN_ACCOUNT),
]
