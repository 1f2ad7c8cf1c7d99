-- The coins each reversal took are those the books say it took, of the lot of its order, and put back when it was undone.
select shard, reversal_id, r.order_id, b.lot_id, r.state, r.coins_unspent, b.coins_unspent as found_unspent,
    r.coins_spent, b.coins_spent as found_spent, b.put_back_at
from (select * from reversal where coins > 0) r
full join (
    select b.* from lot_reversal b join recharge_order o on o.shard = b.shard and o.order_id = b.lot_id
) b using (shard, reversal_id)
where (r.order_id, r.person_id, r.coins_unspent, r.coins_spent, r.state = 'undone')
    is distinct from (b.lot_id, b.viewer_id, b.coins_unspent, b.coins_spent, b.put_back_at is not null)
    or (r.kind = 'withdrawal' and b.coins_spent > 0);
