-- The lines of a month, its gifts and its countries add up to what it says came and went, and what countries hold can be converted.
select m.shard, m.creator_id, m.month, m.edition, to_jsonb(m) as written, to_jsonb(l) as lines, to_jsonb(g) as gifts, to_jsonb(c) as countries
from earnings_month m
cross join lateral (
    select coalesce(sum(greatest(coins, 0)), 0) as coins_in, coalesce(sum(greatest(-coins, 0)), 0) as coins_out,
        coalesce(sum(greatest(pending, 0)), 0) as pending_in, coalesce(sum(greatest(-pending, 0)), 0) as pending_out,
        coalesce(sum(greatest(available, 0)), 0) as available_in, coalesce(sum(greatest(-available, 0)), 0) as available_out,
        coalesce(sum(greatest(in_payout, 0)), 0) as in_payout_in, coalesce(sum(greatest(-in_payout, 0)), 0) as in_payout_out,
        coalesce(sum(pending) filter (where reason = 'conversion'), 0) as diamonds
    from earnings_line l
    where (l.shard, l.creator_id, l.month, l.edition) = (m.shard, m.creator_id, m.month, m.edition)
) l
cross join lateral (
    select coalesce(sum(coins), 0) as coins, coalesce(sum(coins) filter (where kind = 'promotional'), 0) as promotional,
        coalesce(sum(gifts), 0) as gifts
    from earnings_gift g
    where (g.shard, g.creator_id, g.month, g.edition) = (m.shard, m.creator_id, m.month, m.edition)
) g
cross join lateral (
    select coalesce(sum(coins_in), 0) - coalesce(sum(coins_out), 0) as change, coalesce(sum(diamonds), 0) as diamonds
    from earnings_country c
    where (c.shard, c.creator_id, c.month, c.edition) = (m.shard, m.creator_id, m.month, m.edition)
) c
where (m.coins_in, m.coins_out, m.pending_in, m.pending_out, m.available_in, m.available_out, m.in_payout_in, m.in_payout_out)
        <> (l.coins_in, l.coins_out, l.pending_in, l.pending_out, l.available_in, l.available_out, l.in_payout_in, l.in_payout_out)
    or (m.received_coins, m.promotional_coins, m.gifts) <> (g.coins, g.promotional, g.gifts)
    or (m.coins_in - m.promotional_coins - m.coins_out, l.diamonds) <> (c.change, c.diamonds);
