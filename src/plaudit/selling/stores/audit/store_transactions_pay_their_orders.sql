-- Each transaction of a store that was claimed is the payment of its order, of the same store and of as many coins.
select t.provider, t.environment, t.transaction_id, t.coins, t.shard, t.order_id, o.coins as order_coins, o.state
from store_transaction t left join order_with_quote o using (shard, order_id)
where t.state = 'claimed'
    and (o.state, o.payment_id, o.provider, o.coins) is distinct from ('paid', t.transaction_id, t.provider, t.coins);
