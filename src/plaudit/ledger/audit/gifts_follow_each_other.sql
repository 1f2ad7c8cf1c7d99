-- Each gift names the one charged before it, each wallet its newest and how many there are since the last milestone, and each
-- milestone a gift: whoever walks back from the newest meets all of them, and from a milestone those before it.
with ordered as (
    select shard, viewer_id, id, spent_before, previous_gift_id, lag(id) over w as expected, lead(id) over w is null as is_newest,
        row_number() over w as place
    from gift window w as (partition by shard, viewer_id order by spent_before)
), milestone as (
    select shard, viewer_id, m.gift_id, o.id, m.spent_before, o.place
    from gift_milestone m left join ordered o using (shard, viewer_id, spent_before)
), newest as (
    select shard, viewer_id, o.id, o.place - coalesce((
        select max(m.place) from milestone m where m.shard = o.shard and m.viewer_id = o.viewer_id
    ), 0) as since_milestone
    from ordered o where o.is_newest
)
select shard, viewer_id, id, 'previous' as what, previous_gift_id::text as found, expected::text as expected
from ordered where previous_gift_id is distinct from expected
union all
select shard, viewer_id, gift_id, 'milestone', spent_before::text, null from milestone where gift_id is distinct from id
union all
select shard, viewer_id, n.id, 'newest', concat_ws(' ', w.newest_gift_id, w.gifts_since_milestone),
    concat_ws(' ', n.id, n.since_milestone)
from wallet w full join newest n using (shard, viewer_id)
where w.newest_gift_id is distinct from n.id or w.gifts_since_milestone is distinct from coalesce(n.since_milestone, 0);
