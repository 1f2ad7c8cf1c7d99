-- Each paid order has its lot, its movements and its receipt, with the person and the amounts of its quote; nothing else has.
with expected (shard, order_id, what, amount, asset, person_id) as (
    select o.shard, o.order_id, e.what, e.amount, e.asset, e.person_id
    from order_with_quote o, lateral (
        values ('recharge', o.coins, 'COIN', o.person_id), ('sale', o.price_minor, o.currency, 0),
            ('sale_tax', o.tax_minor, o.currency, 0), ('lot', o.coins, 'COIN', o.person_id),
            ('price', o.price_minor, o.currency, o.person_id), ('receipt', 1, null, 0)
    ) e (what, amount, asset, person_id)
    where o.state = 'paid' and e.amount > 0
), found (shard, order_id, what, amount, asset, person_id) as (
    select shard, reference, reason, amount, asset, credit_owner from transfer
    where reason in ('recharge', 'sale', 'sale_tax')
    union all
    select l.shard, l.lot_id, e.what, e.amount, e.asset, l.viewer_id
    from lot l, lateral (values ('lot', l.coins, 'COIN'), ('price', l.price_minor, l.currency)) e (what, amount, asset)
    where l.kind = 'paid' and e.amount > 0
    union all
    select shard, order_id, 'receipt', 1, null, 0 from receipt
)
select shard, order_id, what, e.amount, f.amount as found, e.person_id, f.person_id as found_person_id
from expected e full join found f using (shard, order_id, what)
where (e.amount, e.asset, e.person_id) is distinct from (f.amount, f.asset, f.person_id)
union all
-- What a channel keeps is known from the channel alone, but it is of a paid order.
select t.shard, t.reference, t.reason, null, t.amount, null, null
from transfer t left join order_with_quote o on o.shard = t.shard and o.order_id = t.reference and o.state = 'paid'
where t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less') and o.currency is distinct from t.asset;
