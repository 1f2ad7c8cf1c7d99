-- What is held of each order is what its standing reversals hold, and no more than was paid of it.
with standing as (
    select shard, order_id, sum(amount_minor) as minor, sum(tax_minor) as tax_minor,
        sum(fee_returned_minor) as fee_minor, sum(coins) as coins
    from reversal where state <> 'undone' group by shard, order_id
)
select shard, order_id, o.price_minor, s.minor, h.reversed_minor, h.paid_minor, s.tax_minor, h.reversed_tax_minor,
    s.fee_minor, h.reversed_fee_minor, s.coins, h.reversed_coins, o.state
from standing s
full join order_reversed h using (shard, order_id)
left join order_with_quote o using (shard, order_id)
where (coalesce(s.minor, 0), coalesce(s.tax_minor, 0), coalesce(s.fee_minor, 0), coalesce(s.coins, 0))
        <> (coalesce(h.reversed_minor, 0), coalesce(h.reversed_tax_minor, 0), coalesce(h.reversed_fee_minor, 0),
            coalesce(h.reversed_coins, 0))
    or coalesce(h.reversed_minor, 0) > o.price_minor or coalesce(h.reversed_coins, 0) > o.coins
    or (h.paid_minor, h.paid_tax_minor, h.paid_coins) <> (o.price_minor, o.tax_minor, o.coins)
    or o.state is distinct from 'paid';
