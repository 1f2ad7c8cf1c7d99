-- Each closed day opens as the day before closed, holds what moved on it in coins and money, and closes at what these make.
with found as (
    select p.shard, f.* from accounting_position p
    cross join lateral accounting_flow(p.shard, '-infinity', p.day::timestamp at time zone 'UTC') f
), rolled as (
    select d.*, day - lag(day, 1, day - 1) over same as days_since, lag(closing_coins, 1, 0::bigint) over same as closed_coins,
        lag(closing_minor, 1, 0::bigint) over same as closed_minor, lead(day, 1) over same as next_day
    from accounting_day d
    window same as (partition by shard, kind, entity, region, channel, currency order by day)
)
select shard, day, kind, entity, region, channel, currency, to_jsonb(r) as written, to_jsonb(f) as found, p.open_day
from rolled r
full join found f using (shard, day, kind, entity, region, channel, currency)
left join (select shard, day as open_day from accounting_position) p using (shard)
where (coalesce(f.sold_coins, 0), coalesce(f.put_back_coins, 0), coalesce(f.used_coins, 0), coalesce(f.refunded_coins, 0),
        coalesce(f.expired_coins, 0), coalesce(f.sold_minor, 0), coalesce(f.put_back_minor, 0), coalesce(f.used_minor, 0),
        coalesce(f.refunded_minor, 0), coalesce(f.expired_minor, 0), coalesce(f.gross_sales_minor, 0),
        coalesce(f.sale_tax_minor, 0), coalesce(f.sale_fee_minor, 0), coalesce(f.gross_refunds_minor, 0),
        coalesce(f.chargebacks_minor, 0), coalesce(f.refund_tax_minor, 0), coalesce(f.refund_fee_minor, 0),
        coalesce(f.dispute_fee_minor, 0))
        is distinct from (r.sold_coins, r.put_back_coins, r.used_coins, r.refunded_coins, r.expired_coins, r.sold_minor,
            r.put_back_minor, r.used_minor, r.refunded_minor, r.expired_minor, r.gross_sales_minor, r.sale_tax_minor,
            r.sale_fee_minor, r.gross_refunds_minor, r.chargebacks_minor, r.refund_tax_minor, r.refund_fee_minor,
            r.dispute_fee_minor)
    or r.closing_coins <> r.opening_coins + r.sold_coins + r.put_back_coins - r.used_coins - r.refunded_coins - r.expired_coins
    or r.closing_minor <> r.opening_minor + r.sold_minor + r.put_back_minor - r.used_minor - r.refunded_minor - r.expired_minor
    or r.opening_coins <> case r.days_since when 1 then r.closed_coins else 0 end
    or r.opening_minor <> case r.days_since when 1 then r.closed_minor else 0 end
    -- What a day leaves the next one takes up.
    or ((r.closing_coins, r.closing_minor) <> (0, 0) and day < p.open_day - 1 and r.next_day is distinct from day + 1);
