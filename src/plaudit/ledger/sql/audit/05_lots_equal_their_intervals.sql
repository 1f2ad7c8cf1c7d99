-- Each lot lies on its wallet's strip with all its coins, and was funded by one movement of as many.
select l.shard, l.lot_id, l.viewer_id, l.coins, s.coins as coins_on_strip, t.amount as coins_funded
from lot l
left join (select shard, lot_id, sum(end_coin - start_coin) as coins from strip group by 1, 2) s using (shard, lot_id)
left join transfer t on t.shard = l.shard and t.reference = l.lot_id and t.credit_kind = 'wallet'
    and t.credit_owner = l.viewer_id
where l.coins is distinct from s.coins or l.coins is distinct from t.amount;
