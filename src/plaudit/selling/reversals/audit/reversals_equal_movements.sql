-- Each reversal moved the money it holds or that was lost by it, with tax and fees, and moved it back when it was undone; nothing
-- else did.
with expected (shard, reversal_id, reason, amount, asset) as (
    select r.shard, r.reversal_id, e.reason, e.amount, r.currency
    from reversal r, lateral (values
        ('refund', r.amount_minor, true), ('refund_undone', r.amount_minor, r.state = 'undone'),
        ('refund_tax', r.tax_minor, true), ('refund_tax_undone', r.tax_minor, r.state = 'undone'),
        ('refund_fee', r.fee_returned_minor, true), ('refund_fee_undone', r.fee_returned_minor, r.state = 'undone'),
        ('refund_excess', r.excess_minor, true),
        ('refund_excess_undone', r.excess_minor, r.excess_returned or r.state = 'undone'),
        ('dispute_fee', r.dispute_fee_minor, true), ('dispute_fee_undone', r.dispute_fee_minor, r.dispute_fee_returned)
    ) e (reason, amount, moved)
    where e.moved and e.amount > 0
), found (shard, reversal_id, reason, amount, asset) as (
    select shard, reference, reason, amount, asset from transfer
    where reason in ('refund', 'refund_undone', 'refund_tax', 'refund_tax_undone', 'refund_fee', 'refund_fee_undone',
        'refund_excess', 'refund_excess_undone', 'dispute_fee', 'dispute_fee_undone')
)
select shard, reversal_id, reason, e.amount, e.asset, f.amount as found, f.asset as found_asset
from expected e full join found f using (shard, reversal_id, reason)
where (e.amount, e.asset) is distinct from (f.amount, f.asset);
