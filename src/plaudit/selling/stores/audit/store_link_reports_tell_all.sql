-- Of each order that began with a link, its store is told of the payment, and of what went back for good, once each.
select k.shard, k.order_id, o.state, k.reports, 'sale' as told
from (
    select k.shard, k.order_id, count(r.report_id) as reports from store_link_order k
    left join store_link_report r on r.shard = k.shard and r.order_id = k.order_id and r.kind = 'sale'
    group by k.shard, k.order_id
) k join recharge_order o using (shard, order_id)
where k.reports <> case o.state when 'paid' then 1 else 0 end
union all
select v.shard, v.order_id, v.state, count(r.report_id), 'refund'
from reversal v join store_link_order k using (shard, order_id)
left join store_link_report r on r.shard = v.shard and r.reversal_id = v.reversal_id and r.kind = 'refund'
where v.state = 'done' and v.amount_minor > 0
group by v.shard, v.order_id, v.reversal_id, v.state having count(r.report_id) <> 1
