-- What pages read that no room answers by itself.

-- name: live_rooms -> RoomCard
-- Live rooms with who is there and the dearest of the latest gifts; those with most viewers first.
select r.id, r.title, r.cover, r.state, r.creator_id, p.display_name as creator_name, p.handle as creator_handle,
    p.avatar as creator_avatar, r.started_at, w.viewers, g.item_id as top_item_id, g.coins as top_coins,
    s.display_name as top_sender
from room r
join person p on p.id = r.creator_id
cross join lateral (
    select coalesce(sum(v.viewers), 0)::integer as viewers
    from room_viewers v where v.room_id = r.id and v.seen_at > $1
) w
left join lateral (
    select u.item_id, u.coins, u.viewer_id
    from (
        select f.item_ids, f.gift_coins, f.viewer_ids from frame f
        where f.shard = r.shard and f.room_id = r.id and f.kind = 'gift' and f.at > $1 - interval '15 minutes'
        order by f.seq desc limit 200
    ) f
    cross join lateral unnest(f.item_ids, f.gift_coins, f.viewer_ids) as u (item_id, coins, viewer_id)
    order by u.coins desc limit 1
) g on true
left join person s on s.id = g.viewer_id
where r.state = 'live'
order by w.viewers desc, r.started_at desc, r.id desc
limit $2;

-- name: room_page -> RoomPage
select r.id, r.title, r.cover, r.stage_url, r.state, r.gifts_enabled, r.creator_id, p.display_name as creator_name,
    p.handle as creator_handle, p.avatar as creator_avatar, r.started_at, r.ended_at
from room r join person p on p.id = r.creator_id
where r.id = $1;

-- name: rooms_of_creator -> RoomOfCreator
select r.id, r.title, r.cover, r.state, r.gifts_enabled, r.created_at, r.started_at, r.ended_at,
    coalesce((select sum(v.viewers) from room_viewers v where v.room_id = r.id and v.seen_at > $2), 0)::integer as viewers
from room r
where r.creator_id = $1 and ($3::bigint is null or r.id < $3)
order by (r.state = 'live') desc, r.id desc
limit $4;

-- name: earnings -> Earning
-- What happened to a creator's coins and diamonds, newest first, from the books. A conversion is one line: its reward.
select t.reference, t.reason, t.amount as diamonds, t.posted_at as at, c.coins
from transfer t
left join conversion c on t.reason = 'reward' and c.shard = t.shard and c.id = t.reference
where t.shard = shard_of($1) and t.asset = 'DIAMOND'
    and ((t.credit_owner = $1 and t.credit_kind in ('diamonds_pending', 'diamonds_available'))
        or (t.debit_owner = $1 and t.reason in ('payout_requested', 'payout_paid')))
    and (t.posted_at, t.reference) < ($2, $3)
order by t.posted_at desc, t.reference desc, t.reason
limit $4;

-- name: payout_events -> ShownEvent
-- Every change of state of payouts of one creator.
select payout_id, to_state, at, actor, reason from payout_event
where shard = shard_of($1) and payout_id = any ($2::uuid[])
order by at, array_position(array['requested', 'approved', 'sent', 'paid'], to_state) nulls last;

-- name: volumes -> Volumes
-- What moved since a moment.
select
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.posted_at >= $1 and t.reason = 'recharge'), 0)::bigint as coins_sold,
    (select count(*) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.posted_at >= $1 and t.reason = 'recharge') as recharges,
    coalesce((select sum(d.gifts) from delivery d where d.delivered_at >= $1), 0)::bigint as gifts_delivered,
    coalesce((select sum(d.coins) from delivery d where d.delivered_at >= $1), 0)::bigint as coins_delivered,
    coalesce((select sum(b.gifts) from gift_batch b), 0)::bigint as gifts_waiting,
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'diamonds_issued' and t.debit_owner = 0
            and t.posted_at >= $1), 0)::bigint as diamonds,
    (select count(*) from payout p where p.requested_at >= $1) as payouts,
    coalesce((select sum(p.diamonds) from payout p where p.requested_at >= $1), 0)::bigint as payout_diamonds;

-- name: proceeds
-- Money of recharges since a moment, by currency.
select t.asset as currency, sum(t.amount)::bigint as amount_minor
from transfer t
where t.shard = any ($2::smallint[]) and t.debit_kind = 'buyers' and t.debit_owner = 0 and t.posted_at >= $1
group by t.asset order by t.asset;

-- name: hours -> Hour
-- Coins sold and delivered, hour by hour.
select h.hour as at,
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.reason = 'recharge' and t.posted_at >= h.hour and t.posted_at < h.hour + interval '1 hour'),
        0)::bigint as coins_sold,
    coalesce((select sum(d.coins) from delivery d
        where d.delivered_at >= h.hour and d.delivered_at < h.hour + interval '1 hour'), 0)::bigint as coins_delivered
from generate_series(date_trunc('hour', $1::timestamptz) - interval '23 hours', date_trunc('hour', $1::timestamptz),
    interval '1 hour') as h (hour)
order by h.hour;

-- name: shards
select array_agg(s::smallint) from ledger_setting, generate_series(0, shards - 1) s;

-- name: stuck_batches
-- Gifts that were charged before a moment and are not delivered.
select count(*) from gift_batch where charged_at < $1;
