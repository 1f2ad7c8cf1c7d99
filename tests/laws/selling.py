"""What breaks the laws of selling."""

from tests.support.deciding import confirmed

_BOOK_OF_IT = """; update price_book b set decision_id = d.id, effective_at = d.effective_at
    from decision d where d.kind = 'price_book' and b.version = 1"""
_RATE_OF_IT = """; update tax_rate set decision_id = (select id from decision where kind = 'tax_rate')
    where tax_rate_id = (select min(tax_rate_id) from tax_rate)"""
_REFUND_OF_IT = """; update reversal set decision_id = (select id from decision where kind = 'refund')
    where reversal_id = (select reversal_id from reversal limit 1)"""

BREAKS = [
    ("large_grants_are_decided", "update decision_bound set value = 1 where name = 'grant_alone_coins'"),
    ("large_grants_are_decided", "update decision_bound set value = 1 where name = 'grant_alone_day_coins'"),
    ("large_grants_are_decided", confirmed("grant", {})),
    ("price_books_are_decided", confirmed("price_book", {})),
    ("price_books_are_decided", "update price_book set published_by = 1, published_at = now() + interval '1 day'"),
    ("price_books_are_decided", confirmed("price_book", {"book_sha256": "00"}) + _BOOK_OF_IT),
    ("large_refunds_are_decided", confirmed("refund", {})),
    (
        "large_refunds_are_decided",
        """update reversal set kind = 'refund', requested_by = 1, request = '{}' where kind = 'chargeback';
        update decision_bound set value = 0, recorded_at = '-infinity' where name = 'refund_alone_us_cents'""",
    ),
    ("large_refunds_are_decided", confirmed("refund", {"amount_minor": -1}) + _REFUND_OF_IT),
    ("minor_refunds_are_decided", confirmed("minor_refund", {})),
    (
        "minor_refunds_are_decided",
        """insert into minor_refund (id, person_id, since, until, reason, requested_by, decided_at)
        select gen_random_uuid(), person_id, now(), now() + interval '1 day', 'x', 0, now() from reversal limit 1;
        update reversal set minor_refund_id = (select id from minor_refund)
        where amount_minor > 0 and state <> 'undone'""",
    ),
    ("tax_rates_are_decided", confirmed("tax_rate", {})),
    ("tax_rates_are_decided", "update tax_rate set is_override = true, recorded_at = now() + interval '1 day'"),
    ("tax_rates_are_decided", confirmed("tax_rate", {"country": "XX"}) + _RATE_OF_IT),
    ("withdrawal_rules_are_as_decided", confirmed("withdrawal_rule", {})),
    ("orders_equal_movements", "update lot set price_minor = price_minor + 1 where kind = 'paid'"),
    ("orders_equal_movements", "delete from receipt"),
    ("orders_are_sold_by_the_book", "update quote set coins = coins * 100"),
    ("orders_are_sold_by_the_book", "update quote set price_minor = 1, net_minor = 1, tax_minor = 0"),
    (
        "orders_are_sold_by_the_book",
        """insert into price_book (version, effective_at, rates_date, note, sources, rates, published_at)
        select 1000 + version, effective_at + interval '1 second', rates_date, note, sources, rates, published_at
        from price_book;
        update quote set created_at = created_at + interval '1 hour', expires_at = expires_at + interval '1 hour'""",
    ),
    ("orders_equal_movements", "update transfer set credit_owner = 4 where reason = 'recharge'"),
    ("orders_equal_movements", "update transfer set asset = 'XXX' where reason = 'sale_fee'"),
    ("papers_have_no_gaps", "update paper_counter set last_number = last_number + 1"),
    ("papers_have_no_gaps", "update credit_note set number = number + 1"),
    ("reversals_equal_movements", "update reversal set tax_minor = tax_minor + 1, net_minor = net_minor - 1"),
    ("reversals_equal_movements", "update reversal set excess_minor = 1, claimed_minor = claimed_minor + 1"),
    ("claims_are_held_or_lost", "update reversal set claimed_minor = claimed_minor + 1"),
    ("no_order_is_over_refunded", "update order_reversed set reversed_coins = reversed_coins - 1"),
    ("reversals_take_coins_of_their_order", "update lot_reversal set put_back_at = taken_at"),
    ("stores_are_told_of_coins", "update quote set channel = 'apple'"),
    (
        "stores_are_told_of_coins",
        """insert into store_finishing (shard, order_id, provider, payment_id, enqueued_at, due_at)
        select shard, order_id, provider, 'none', created_at, created_at from recharge_order where state = 'pending'""",
    ),
    ("credit_notes_equal_reversals", "update credit_note set kind = 'chargeback'"),
    (
        "store_transactions_pay_their_orders",
        """insert into store_transaction (provider, environment, transaction_id, state, shard, order_id, account_token,
            product_id, quantity, coins, amount_minor, currency, noticed_at, changed_at)
        select provider, 'Sandbox', order_id, 'claimed', shard, order_id, '', '', 1, 1, 1, 'USD', created_at, created_at
        from recharge_order""",
    ),
    ("receipts_say_what_was_sold", "update receipt set coins = coins + 1"),
    ("receipts_say_what_was_sold", "update receipt set tax_minor = tax_minor + 1, net_minor = net_minor - 1"),
    ("grants_are_promotional_lots", "update coin_grant set coins = coins + 1"),
    ("grants_are_promotional_lots", "delete from coin_grant"),
    (
        "store_link_reports_tell_all",
        """with link as (
            insert into store_link (provider, link_id, begun_at, noted_at, report_hours)
            select 'apple', 'link', created_at, created_at, 24 from recharge_order limit 1 returning provider, link_id
        )
        insert into store_link_order (shard, order_id, provider, link_id)
        select o.shard, o.order_id, l.provider, l.link_id from recharge_order o cross join link l
        where o.state = 'paid'""",
    ),
]
