-- Each paid order of an app store is, or was, in the queue that tells the store, with the payment that paid it.
select o.shard, o.order_id, o.provider, o.payment_id, f.payment_id as told
from order_with_quote o left join store_finishing f using (shard, order_id)
where o.state = 'paid' and o.channel <> 'web' and f.payment_id is distinct from o.payment_id
union all
select f.shard, f.order_id, f.provider, null, f.payment_id
from store_finishing f join recharge_order o using (shard, order_id)
where o.state <> 'paid';
