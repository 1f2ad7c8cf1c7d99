-- Each stream of batches is delivered in order and without gaps, and what is not delivered is still there.
select c.shard, c.creator_shard, c.charged_through, d.delivered_through, b.waiting, x.last, x.breaks
from charge_stream c
join delivery_stream d on d.shard = c.creator_shard and d.source_shard = c.shard
left join lateral (
    select count(*) as waiting, min(batch_no) as first, max(batch_no) as last_waiting from gift_batch
    where shard = c.shard and creator_shard = c.creator_shard
) b on true
left join lateral (
    select coalesce(max(through_batch_no), 0) as last, count(*) filter (where from_batch_no <> expected) as breaks
    from (
        select through_batch_no, from_batch_no, coalesce(lag(through_batch_no) over (order by through_batch_no), 0) + 1 as expected
        from delivery where delivery.shard = c.creator_shard and delivery.source_shard = c.shard
    ) deliveries
) x on true
where x.last <> d.delivered_through or x.breaks > 0
    or b.waiting <> c.charged_through - d.delivered_through
    or b.first <> d.delivered_through + 1 or b.last_waiting <> c.charged_through;
