-- Each hold is its pieces, and what is held of each wallet and of each lot is what its open holds hold.
with piece as (
    select p.shard, p.hold_id, p.viewer_id, p.lot_id, p.coins, h.state = 'held' as is_open
    from hold_piece p join hold h using (shard, hold_id)
)
select shard, 'hold' as what, hold_id::text as id, h.coins, p.coins as coins_of_pieces
from hold h full join (select shard, hold_id, sum(coins) as coins from piece group by 1, 2) p using (shard, hold_id)
where h.coins is distinct from p.coins
union all
select shard, 'wallet', viewer_id::text, w.held, p.coins
from wallet w
full join (select shard, viewer_id, sum(coins) as coins from piece where is_open group by 1, 2) p using (shard, viewer_id)
where coalesce(w.held, 0) <> coalesce(p.coins, 0)
union all
select shard, 'lot', lot_id::text, l.coins_held, p.coins
from lot l full join (select shard, lot_id, sum(coins) as coins from piece where is_open group by 1, 2) p using (shard, lot_id)
where coalesce(l.coins_held, 0) <> coalesce(p.coins, 0);
