-- What a month opens with is what the one before it closed with, and what a month leaves the next one takes up.
with last as (
    select distinct on (shard, creator_id, month) * from earnings_month order by shard, creator_id, month, edition desc
)
select p.shard, coalesce(m.creator_id, b.creator_id) as creator_id, coalesce(m.month, b.month) as month, to_jsonb(m) as written,
    to_jsonb(b) as before
from last m
full join last b on b.shard = m.shard and b.creator_id = m.creator_id and b.month = (m.month - interval '1 month')::date
join earnings_position p on p.shard = coalesce(m.shard, b.shard)
where (m.creator_id is not null
        and (m.opening_coins, m.opening_pending, m.opening_available, m.opening_in_payout)
            <> (coalesce(b.closing_coins, 0), coalesce(b.closing_pending, 0), coalesce(b.closing_available, 0),
                coalesce(b.closing_in_payout, 0)))
    or (m.creator_id is null and (b.month + interval '1 month')::date < p.month
        and (b.closing_coins, b.closing_pending, b.closing_available, b.closing_in_payout) <> (0, 0, 0, 0));
