-- Each wallet's strip reaches exactly as far as its coins, spent and unspent.
select shard, viewer_id, w.coins, w.spent, s.strip_end
from wallet w
full join (select shard, viewer_id, max(end_coin) as strip_end from strip group by 1, 2) s using (shard, viewer_id)
where coalesce(w.coins + w.spent, 0) <> coalesce(s.strip_end, 0);
