-- Each hold that was spent paid for one gift of its price, by exactly the lots it held.
with paid as (
    select h.shard, h.hold_id, s.lot_id,
        sum(least(s.end_coin, g.spent_before + g.coins) - greatest(s.start_coin, g.spent_before)) as coins
    from hold h
    join gift g on g.shard = h.shard and g.viewer_id = h.viewer_id and g.id = h.gift_id and g.coins = h.coins
    join strip s on s.shard = g.shard and s.viewer_id = g.viewer_id
        and s.start_coin < g.spent_before + g.coins and s.end_coin > g.spent_before
    group by 1, 2, 3
), pieces as (
    select p.shard, p.hold_id, p.lot_id, p.coins from hold_piece p join hold h using (shard, hold_id) where h.state = 'spent'
)
select shard, hold_id, lot_id, pieces.coins as coins_held, paid.coins as coins_paid
from pieces full join paid using (shard, hold_id, lot_id)
where pieces.coins is distinct from paid.coins;
