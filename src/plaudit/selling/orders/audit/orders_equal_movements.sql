-- Each paid order has its lot, its movements and its receipt, with the amounts of its quote; any other order has none.
with expected (shard, order_id, what, amount, asset) as (
    select o.shard, o.order_id, e.what, e.amount, e.asset
    from order_with_quote o, lateral (
        values ('recharge', o.coins, 'COIN'), ('sale', o.price_minor, o.currency), ('sale_tax', o.tax_minor, o.currency),
            ('lot', o.coins, 'COIN'), ('price', o.price_minor, o.currency), ('receipt', 1, null)
    ) e (what, amount, asset)
    where o.state = 'paid' and e.amount > 0
), found (shard, order_id, what, amount, asset) as (
    select t.shard, t.reference, t.reason, t.amount, t.asset
    from transfer t join recharge_order o on o.shard = t.shard and o.order_id = t.reference
    where t.reason in ('recharge', 'sale', 'sale_tax')
    union all
    select l.shard, l.lot_id, e.what, e.amount, e.asset
    from lot l join recharge_order o on o.shard = l.shard and o.order_id = l.lot_id and o.person_id = l.viewer_id,
        lateral (values ('lot', l.coins, 'COIN'), ('price', l.price_minor, l.currency)) e (what, amount, asset)
    union all
    select shard, order_id, 'receipt', 1, null from receipt
)
select shard, order_id, what, e.amount, f.amount as found
from expected e full join found f using (shard, order_id, what)
where (e.amount, e.asset) is distinct from (f.amount, f.asset);
