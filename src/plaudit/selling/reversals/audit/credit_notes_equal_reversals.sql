-- Each reversal of a receipt that was done has one credit note with its amounts, and a cancellation when it was undone after.
with expected as (
    select r.*, e.act, p.seller_code
    from reversal r join receipt p using (shard, order_id),
        lateral (values ('credit', r.state = 'done' or r.previous_state = 'done'),
            ('cancellation', r.state = 'undone' and r.previous_state = 'done')) e (act, happened)
    where e.happened and r.amount_minor > 0 and p.paper = 'receipt'
)
select shard, reversal_id, act, e.state, e.amount_minor, n.amount_minor as found, n.number
from expected e full join credit_note n using (shard, reversal_id, act)
where (e.order_id, e.person_id, e.kind, e.currency, e.amount_minor, e.net_minor, e.tax_minor, e.coins, e.seller_code)
    is distinct from (n.order_id, n.person_id, n.kind, n.currency, n.amount_minor, n.net_minor, n.tax_minor, n.coins, n.seller_code);
