-- What pages read that no room answers by itself.

-- name: live_rooms -> RoomCard
-- Live rooms with who is there and the dearest of the latest gifts; those with most viewers first.
select r.id, r.title, r.cover, r.cover_url, r.cover_alt, r.state, r.creator_id, p.display_name as creator_name,
    p.handle as creator_handle, p.avatar as creator_avatar, r.started_at, w.viewers, g.item_id as top_item_id, g.coins as top_coins,
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
        select f.lines from frame f
        where f.shard = r.shard and f.room_id = r.id and f.kind = 'gift' and f.at > $1 - interval '15 minutes'
        order by f.seq desc limit 200
    ) f
    cross join lateral unnest(f.lines) u
    order by u.coins desc limit 1
) g on true
left join person s on s.id = g.viewer_id
where r.state = 'live'
order by w.viewers desc, r.started_at desc, r.id desc
limit $2;

-- name: room_page -> RoomPage
select r.id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state, r.gifts_enabled,
    r.creator_id, p.display_name as creator_name, p.handle as creator_handle, p.avatar as creator_avatar, r.started_at,
    r.ended_at, r.removed_at
from room r join person p on p.id = r.creator_id
where r.id = $1;

-- name: rooms_of_creator -> RoomOfCreator
select r.id, r.title, r.cover, r.cover_url, r.cover_alt, r.state, r.gifts_enabled, r.created_at, r.started_at,
    r.ended_at,
    coalesce((select sum(v.viewers) from room_viewers v where v.room_id = r.id and v.seen_at > $2), 0)::integer as viewers
from room r
where r.creator_id = $1 and r.removed_at is null and ($3::bigint is null or r.id < $3)
order by (r.state = 'live') desc, r.id desc
limit $4;

-- name: earnings -> Earning
-- What happened to a creator's coins and diamonds, newest first, from the books. A conversion is one line: its reward.
-- What was taken back, or given back, is one line for the gift balance and one for each conversion.
select t.reference, t.reason, case t.asset when 'DIAMOND' then t.amount else 0 end as diamonds, t.posted_at as at,
    coalesce(c.coins, p.coins) as coins
from transfer t
left join conversion c on t.reason = 'reward' and c.shard = t.shard and c.id = t.reference
left join clawback_part p on t.reason like 'clawback%' and p.shard = t.shard and p.reference = t.reference
where t.shard = shard_of($1)
    and ((t.credit_owner = $1 and t.asset = 'DIAMOND' and t.credit_kind in ('diamonds_pending', 'diamonds_available'))
        or (t.debit_owner = $1 and t.debit_kind in ('diamonds_pending', 'diamonds_available', 'diamonds_in_payout')
            and t.reason in ('payout_requested', 'payout_paid', 'clawback_pending', 'clawback_available'))
        or (t.debit_owner = $1 and t.debit_kind = 'gift_balance' and t.reason = 'clawback_coins')
        or (t.credit_owner = $1 and t.credit_kind = 'gift_balance' and t.reason = 'clawback_coins_returned'))
    and (t.posted_at, t.reference) < ($2, $3)
order by t.posted_at desc, t.reference desc, t.reason
limit $4;

-- name: gifts_taken_back -> GiftTakenBack
-- Of each of some reversals the gifts to one creator that it marks, the largest first, from the one after $3, $4.
select m.reversal_id, m.gift_id, p.display_name as sender_name, p.avatar as sender_avatar, v.name as item_name,
    coalesce(nullif(v.still, ''), v.art) as item_art, g.count, g.coins as gift_coins, m.coins, g.charged_at, m.room_id, r.title as room_title,
    m.marked_at, m.lifted_at
from unnest($2::uuid[]) as w (reversal_id)
cross join lateral (
    select m.* from generate_series(0, (select shards - 1 from ledger_setting)) s (shard)
    join gift_reversal m on m.shard = s.shard and m.reversal_id = w.reversal_id and m.creator_id = $1
    where (m.coins, m.gift_id) < ($3, $4)
    order by m.coins desc, m.gift_id desc limit $5
) m
join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
join person p on p.id = m.viewer_id
left join room r on r.id = m.room_id
left join lateral item_shown(g.item_id, g.coins / g.count, g.charged_at) v on true
order by m.reversal_id, m.coins desc, m.gift_id desc;

-- name: room_titles -> RoomTitle
select id, title, started_at from room where id = any ($1::bigint[]);

-- name: people_called -> Person
-- By their number, or by the beginning of their handle or name.
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at
from person p join issuer i on i.id = p.issuer_id
where p.id::text = $1 or starts_with(lower(p.handle), lower($1)) or starts_with(lower(p.display_name), lower($1))
order by p.id::text = $1 desc, lower(p.handle) = lower($1) desc, p.display_name, p.id limit $2;

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
    and t.reason = 'sale'
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

-- name: stuck_work
-- Work of creators and payouts that failed and is tried again.
select count(*) from stuck_work;

-- name: money_in_counts
-- What waits for a person at the moment.
select (select count(*) from payment_problem where resolved_at is null) as problems,
    (select count(*) from reconciliation_difference where state = 'open') as differences,
    (select count(*) from reconciliation_run where state = 'failed') as failed_runs,
    (select count(*) from webhook_event where state = 'waiting') as waiting,
    (select count(*) from webhook_event where state = 'problem') as doubtful;
