-- name: money_of_lots -> LotMoney
-- What was paid for lots of a person and what of it is tax, as their receipts say, and the fee, as posted.
select r.order_id as lot_id, r.channel, r.currency, r.coins, r.price_minor, r.tax_minor,
    coalesce((select sum(case t.reason when 'sale_fee_less' then -t.amount else t.amount end) from transfer t
        where t.shard = r.shard and t.reference = r.order_id and t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')), 0
    )::bigint as fee_minor
from receipt r
where r.shard = $1 and r.person_id = $2 and r.order_id = any ($3::uuid[])
