-- What each wallet owns of its lots is free, held or spent.
select shard, viewer_id, w.coins as free, w.held, w.spent, o.owned
from wallet w
full join (
    select shard, viewer_id, sum(coins - reversed_unspent - expired) as owned from lot_state group by 1, 2
) o using (shard, viewer_id)
where coalesce(w.coins + w.held + w.spent, 0) <> coalesce(o.owned, 0);
