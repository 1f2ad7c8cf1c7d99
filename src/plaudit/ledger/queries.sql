-- name: shard_count
select shards::integer as shards from ledger_setting;

-- name: charge
select outcomes, coins_short, coins_after, combo_ids, combo_counts, charged_ats, session_given, period_given, brakes
from charge_gifts($1, $2, $3, $4, $5, $6, $7, $8);

-- name: remove_message
select remove_message($1, $2, $3, $4, $5, $6, $7, $8);

-- name: streams_waiting
select shard, source_shards from streams_waiting();

-- name: deliver
select room_id, seq, kind, at, body, lines from deliver($1, $2, $3, $4, $5);

-- name: count_undelivered
-- Batches of gifts that were charged before a moment and are still not delivered.
select count(*) from gift_batch where charged_at < $1;

-- Following

-- name: begin_to_follow
insert into follower (name, shard, through) select $1, shard, case when $2 then through else 0 end from gift_log
on conflict do nothing;

-- name: end_to_follow
delete from follower where name = $1;

-- name: claim_follower
select through from follower where name = $1 and shard = $2 for no key update skip locked;

-- name: wait_for_follower
select through from follower where name = $1 and shard = $2 for no key update;

-- name: wait_for_followers
select name from follower where shard = $1 order by name for no key update;

-- name: advance_follower
update follower set through = $3 where name = $1 and shard = $2;

-- name: rewind_follower
update follower set through = 0 where name = $1;

-- name: behind
select f.name, sum(g.through - f.through)::bigint as behind from follower f join gift_log g using (shard)
group by f.name;

-- name: shards_behind
select f.shard from follower f join gift_log g using (shard) where f.name = $1 and g.through > f.through order by f.shard;

-- name: behind_of
-- One that has not begun has the whole log before it.
select coalesce(sum(g.through - coalesce(f.through, 0)), 0)::bigint
from gift_log g left join follower f on f.shard = g.shard and f.name = $1
where $2::smallint is null or g.shard = $2;

-- name: deliveries_after
select log_no, delivered_at, room_ids, seqs, unshown from delivery where shard = $1 and log_no > $2 order by log_no limit $3;

-- name: reversals_after
select log_no, at, source_shard, reversal_id, creator_id, direction from gift_log_reversal
where shard = $1 and log_no > $2 order by log_no limit $3;

-- name: frames_in_log
select f.room_id, f.seq, f.at, f.lines
from unnest($2::bigint[], $3::bigint[]) as w (room_id, seq)
join frame f on f.shard = $1 and f.room_id = w.room_id and f.seq = w.seq;

-- name: gifts_of_reversal -> ReversedGift
-- With the moment at which each was delivered, and what entries before this one had taken of it.
select m.gift_id as id, m.viewer_id, m.room_id, m.video_id, m.item_id, m.coins, d.delivered_at as received_at,
    w.position_ms, w.anonymous, g.coins as share_coins, coalesce((
        select sum(case l.direction when 'take' then e.coins else -e.coins end)
        from gift_reversal e
        join gift_log_reversal l on l.shard = $1 and l.source_shard = e.shard and l.reversal_id = e.reversal_id
            and l.creator_id = e.creator_id and l.log_no < $5
        where e.shard = m.shard and e.viewer_id = m.viewer_id and e.gift_id = m.gift_id and e.creator_id = m.creator_id
    ), 0)::bigint as coins_taken_before
from gift_reversal m
join gift_part g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id and g.creator_id = m.creator_id
    and g.coins > 0
join gift w on w.shard = m.shard and w.viewer_id = m.viewer_id and w.id = m.gift_id
cross join lateral (
    select delivered_at from delivery d
    where d.shard = $1 and d.source_shard = $2 and d.through_batch_no >= g.batch_no order by d.through_batch_no limit 1
) d
where m.shard = $2 and m.reversal_id = $3 and m.creator_id = $4
order by m.gift_id;

-- Holds. The viewer's screens are told at the commit; without it they would find out by polling.

-- name: hold
select h.outcome, h.coins_short, pg_notify('plaudit_wallets', ':' || $2::bigint)
from hold($1, $2, $3, $4, $5, $6, $7, $8, $9) h;

-- name: spend_hold
select h.outcome, h.coins_after, h.combo_id, h.combo_count, h.charged_at, pg_notify('plaudit_wallets', ':' || $8::bigint)
from spend_hold($1, $2, $3, $4, $5, $6, $7) h;

-- name: release_hold
select release_hold($1, $2, $3, $4), pg_notify('plaudit_wallets', ':' || $2::bigint);

-- name: find_hold -> Hold
select hold_id, viewer_id, purpose, coins, held_at, ends_at, state, ended_at, gift_id from hold
where shard = $1 and viewer_id = $2 and hold_id = $3;

-- name: open_holds -> Hold
select hold_id, viewer_id, purpose, coins, held_at, ends_at, state, ended_at, gift_id from hold
where shard = $1 and viewer_id = $2 and state = 'held'
order by ends_at, hold_id;

-- name: claim_holds -> DueHold
update hold h set due_at = $2, leased_until = $2, tries = tries + 1
from (select shard, hold_id from hold where due_at <= $1 order by due_at limit $3 for update skip locked) due
where h.shard = due.shard and h.hold_id = due.hold_id
returning h.shard, h.viewer_id, h.hold_id, h.tries, h.leased_until

-- name: postpone_hold
update hold set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and shard = $6 and hold_id = $7 and state = 'held'
returning true

-- name: waiting_holds
select ends_at as since, due_at, tries, leased_until, failed_with from hold where due_at is not null and ends_at <= $1

-- name: expire_lots
select expire_lots($1, $2)

-- name: ensure_gift_partitions
select ensure_gift_partitions($1, $2);

-- Lives of the database

-- name: begin_life
select begin_life($1, $2);

-- name: newest_life -> Life
select epoch, began_at, payouts_compared_at from database_life order by epoch desc limit 1;

-- name: life_begun
-- What each platform is to be told of the life that this transaction has begun: nothing of the first.
select l.epoch, i.issuer, e.last as kept_sequence, coalesce($1, greatest(
        (select at from event where position = e.last), (select max(at) from event_waiting))) as lost_since
from database_life l cross join event_log e join issuer i on i.removed_at is null
where l.xmin = pg_current_xact_id_if_assigned()::xid and l.payouts_compared_at is null
order by i.id;

-- name: settle_lives
select settle_lives($1);

-- name: said_by
-- What somebody said in chats; frames hold what others said, too.
select f.room_id, f.seq, f.at, m ->> 'text' as text
from frame f cross join lateral jsonb_array_elements(f.body -> 'messages') m
where f.kind = 'chat' and jsonb_path_query_array(f.body, '$.messages[*].sender_id') @> to_jsonb($1::bigint)
    and (m ->> 'sender_id')::bigint = $1
order by f.room_id, f.seq
