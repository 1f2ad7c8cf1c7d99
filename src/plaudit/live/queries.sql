-- Rooms, their frames as screens read them, presence, thanks and overlay tokens.

-- Frames

-- name: epoch
select epoch from ledger_setting;

-- name: room_heads
select h.room_id, h.seq
from unnest($1::smallint[], $2::bigint[]) as w (shard, room_id)
join room_head h on h.shard = w.shard and h.room_id = w.room_id;

-- name: frames_after
-- Of each room the next frames after a number, up to another.
select f.room_id, f.seq, f.kind, f.at, f.body, f.lines
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[]) as w (shard, room_id, after, up_to)
cross join lateral (
    select f.room_id, f.seq, f.kind, f.at, f.body, f.lines from frame f
    where f.shard = w.shard and f.room_id = w.room_id and f.seq > w.after and f.seq <= w.up_to
    order by f.seq limit $5
) f
order by f.room_id, f.seq;

-- name: gifters_of_room
-- What was taken back is taken off, so that a room opened late counts as one that was open all the time.
select viewer_id, sum(coins)::bigint as coins from (
    select case when u.anonymous then 0 else u.viewer_id end as viewer_id, u.coins
    from frame f, unnest(f.lines) u
    where f.shard = $1 and f.room_id = $2 and f.seq <= $3 and f.kind = 'gift'
    union all
    select (g ->> 0)::bigint, case f.body ->> 'event' when 'taken_back' then -(g ->> 1)::bigint else (g ->> 1)::bigint end
    from frame f, jsonb_array_elements(f.body -> 'gifters') g
    where f.shard = $1 and f.room_id = $2 and f.seq <= $3 and f.kind = 'reversal'
) moved
group by viewer_id having sum(coins) <> 0;

-- name: append_frames
-- In the order in which deliveries take their locks, so that the two never wait for each other in a circle.
select a.place, append_frame(a.shard, a.room_id, a.kind, a.body::jsonb, $5) as seq
from (
    select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[]) with ordinality
        as u (shard, room_id, kind, body, place)
    order by shard, room_id
) a;

-- name: append_frame
select append_frame($1, $2, $3, $4, $5);

-- name: wallets_of
select w.viewer_id, w.coins
from unnest($1::smallint[], $2::bigint[]) as p (shard, viewer_id)
join wallet w on w.shard = p.shard and w.viewer_id = p.viewer_id;

-- name: notify
select pg_notify($1, $2);

-- name: still_there
select;

-- Presence

-- name: report_viewers
-- By the database's clock, as all ages of what several machines say.
insert into room_viewers (room_id, process_id, viewers, seen_at)
select u.room_id, $1, u.viewers, now() from unnest($2::bigint[], $3::integer[]) as u (room_id, viewers)
order by u.room_id
on conflict (room_id, process_id) do update set viewers = excluded.viewers, seen_at = excluded.seen_at;

-- name: viewers_of_rooms
select room_id, sum(viewers)::integer as viewers from room_viewers
where room_id = any ($1::bigint[]) and seen_at > now() - make_interval(secs => $2) and process_id <> $3
group by room_id;

-- name: forget_viewers
delete from room_viewers where process_id = $1 and room_id = any ($2::bigint[]);

-- name: forget_lost_viewers
delete from room_viewers where seen_at < now() - make_interval(secs => $1);

-- Rooms

-- name: lock_maker
select from person where id = $1 for no key update;

-- name: count_rooms_not_over
select count(*) from (select from room where creator_id = $1 and state <> 'ended' limit $2) r;

-- name: insert_room -> Room
-- Nothing comes back when its client's id, or its platform's, is taken.
insert into room (shard, creator_id, issuer_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, client_id,
    external_id, request_sha256, created_at)
select $1, p.id, p.issuer_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from person p where p.id = $2
on conflict do nothing
returning id, shard, creator_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, state, gifts_enabled,
    external_id, created_at, started_at, ended_at, removed_at;

-- name: room_asked_for -> RoomAskedFor
-- The room that an id of its maker's, else of its platform's, stands for.
select id, creator_id, client_id, request_sha256, removed_at from room
where client_id = $1 or (external_id = $2 and issuer_id = (select p.issuer_id from person p where p.id = $3))
order by (client_id = $1) desc nulls last limit 1;

-- name: rooms_by_ids -> Room
select id, shard, creator_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, state, gifts_enabled,
    external_id, created_at, started_at, ended_at, removed_at
from room where id = any ($1::bigint[]);

-- name: room_for_change -> Room
select id, shard, creator_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, state, gifts_enabled,
    external_id, created_at, started_at, ended_at, removed_at
from room where id = $1 for no key update;

-- name: change_room -> Room
update room set title = $2, cover = $3, cover_url = $4, cover_alt = $5, stage_url = $6, stage_kind = $7,
    gifts_enabled = $8, state = $9, started_at = $10, ended_at = $11, external_id = $12,
    removed_at = $13
where id = $1
returning id, shard, creator_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, state, gifts_enabled,
    external_id, created_at, started_at, ended_at, removed_at;

-- name: list_rooms -> ListedRoom
-- Live ones first, then scheduled, then ended; in each the newest first.
select r.id, r.shard, r.creator_id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state,
    r.gifts_enabled, r.external_id, r.created_at, r.started_at, r.ended_at, r.removed_at,
    array_position(array['live', 'scheduled', 'ended'], r.state) as state_rank,
    coalesce((select sum(v.viewers) from room_viewers v where v.room_id = r.id and v.seen_at > now() - make_interval(secs => $1)), 0)::integer as viewers
from room r
where r.removed_at is null and ($2::text is null or r.state = $2)
    and ($7::text is null or r.external_id = $7) and ($8::bigint is null or r.issuer_id = $8)
    and ($3::bigint is null or r.creator_id = $3)
    and ($4::integer is null
        or array_position(array['live', 'scheduled', 'ended'], r.state) > $4
        or (array_position(array['live', 'scheduled', 'ended'], r.state) = $4 and r.id < $5))
order by state_rank, r.id desc
limit $6;

-- name: current_room -> Room
-- The live room of a creator, else the newest.
select id, shard, creator_id, title, cover, cover_url, cover_alt, stage_url, stage_kind, state, gifts_enabled,
    external_id, created_at, started_at, ended_at, removed_at
from room where creator_id = $1 and removed_at is null
order by (state = 'live') desc, id desc limit 1;

-- As pages show them

-- name: live_rooms -> RoomCard
-- Live rooms after a place, with who is there and the dearest of the latest gifts; those with most viewers first.
select r.id, r.shard, r.creator_id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state,
    r.gifts_enabled, r.external_id, r.created_at, r.started_at, r.ended_at, r.removed_at,
    p.display_name as creator_name, p.handle as creator_handle, p.avatar as creator_avatar, r.viewers,
    g.item_id as top_item_id, g.coins as top_coins, s.display_name as top_sender
from (
    select r.id, r.shard, r.creator_id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state,
        r.gifts_enabled, r.external_id, r.created_at, r.started_at, r.ended_at, r.removed_at, w.viewers
    from room r
    cross join lateral (
        select coalesce(sum(v.viewers), 0)::integer as viewers
        from room_viewers v where v.room_id = r.id and v.seen_at > now() - make_interval(secs => $1)
    ) w
    where r.state = 'live' and (w.viewers, r.started_at, r.id) < ($4::bigint, $5::timestamptz, $6::bigint)
    order by w.viewers desc, r.started_at desc, r.id desc
    limit $2
) r
join person p on p.id = r.creator_id
left join lateral (
    select u.item_id, u.coins, case when u.anonymous then null else u.viewer_id end as viewer_id
    from (
        select f.lines from frame f
        where f.shard = r.shard and f.room_id = r.id and f.kind = 'gift' and f.at > $3::timestamptz - interval '15 minutes'
        order by f.seq desc limit 200
    ) f
    cross join lateral unnest(f.lines) u
    order by u.coins desc limit 1
) g on true
left join person s on s.id = g.viewer_id
order by r.viewers desc, r.started_at desc, r.id desc;

-- name: shown_room -> ShownRoom
select r.id, r.shard, r.creator_id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state,
    r.gifts_enabled, r.external_id, r.created_at, r.started_at, r.ended_at, r.removed_at,
    p.display_name as creator_name, p.handle as creator_handle, p.avatar as creator_avatar
from room r join person p on p.id = r.creator_id
where r.id = $1;

-- name: rooms_of_creator -> WatchedRoom
-- Those of one creator that are shown: live ones first, then the newest.
select r.id, r.shard, r.creator_id, r.title, r.cover, r.cover_url, r.cover_alt, r.stage_url, r.stage_kind, r.state,
    r.gifts_enabled, r.external_id, r.created_at, r.started_at, r.ended_at, r.removed_at,
    coalesce((select sum(v.viewers) from room_viewers v where v.room_id = r.id and v.seen_at > now() - make_interval(secs => $2)), 0)::integer as viewers
from room r
where r.creator_id = $1 and r.removed_at is null and ($3::bigint is null or r.id < $3)
order by (r.state = 'live') desc, r.id desc
limit $4;

-- The creator's view

-- name: gifts_received -> ReceivedGift
-- Newest first, from the frames of a room or video; who hides is nobody, whom nobody can thank. $4, $5: number and place
-- to continue below.
select f.seq, u.ordinality::integer as place, u.id as gift_id, u.room_id, u.video_id, u.position_ms, u.message,
    case when u.anonymous then 0 else u.viewer_id end as viewer_id, u.anonymous, u.item_id, u.count, u.coins, f.at,
    t.thanked_at,
    coalesce((
        select sum(m.coins) from gift_reversal m
        where m.shard = shard_of(u.viewer_id) and m.viewer_id = u.viewer_id and m.gift_id = u.id and m.lifted_at is null
    ), 0)::bigint as coins_taken_back
from frame f
cross join lateral unnest(f.lines) with ordinality u
left join thank t on t.shard = shard_of($3) and t.creator_id = $3 and t.viewer_id = u.viewer_id and t.gift_id = u.id
where f.shard = $1 and f.room_id = $2 and f.kind = 'gift' and u.creator_id = $3
    and f.seq <= $4 and (f.seq < $4 or u.ordinality < $5)
    and ($6::boolean is null or (t.thanked_at is not null) = $6 and not u.anonymous)
order by f.seq desc, u.ordinality desc
limit $7;

-- name: gifts_of_creator
-- Which of these gifts went to the creator; the charge side is asked shard by shard. Not those of who hides, whose name
-- could be guessed here.
select g.viewer_id, g.id
from unnest($1::smallint[], $2::bigint[], $3::uuid[]) as w (shard, viewer_id, id)
join gift g on g.shard = w.shard and g.viewer_id = w.viewer_id and g.id = w.id
where g.creator_id = $4 and not g.anonymous;

-- name: thank
insert into thank (shard, creator_id, viewer_id, gift_id, thanked_at)
select $1, $2, u.viewer_id, u.gift_id, $5 from unnest($3::bigint[], $4::uuid[]) as u (viewer_id, gift_id)
on conflict do nothing;

-- name: take_back_thank
delete from thank t using unnest($3::bigint[], $4::uuid[]) as u (viewer_id, gift_id)
where t.shard = $1 and t.creator_id = $2 and t.viewer_id = u.viewer_id and t.gift_id = u.gift_id;

-- Overlay tokens

-- name: insert_overlay_token -> OverlayToken
insert into overlay_token (id, creator_id, room_id, label, hash, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do nothing
returning id, creator_id, room_id, label, created_at, revoked_at;

-- name: count_overlay_tokens
select count(*) from overlay_token where creator_id = $1 and revoked_at is null;

-- name: list_overlay_tokens -> OverlayToken
select id, creator_id, room_id, label, created_at, revoked_at
from overlay_token
where creator_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
order by created_at desc, id desc limit $4;

-- name: overlay_token_by_id -> OverlayToken
select id, creator_id, room_id, label, created_at, revoked_at from overlay_token where id = $1;

-- name: overlay_token_by_hash -> OverlayToken
select id, creator_id, room_id, label, created_at, revoked_at
from overlay_token where hash = $1 and revoked_at is null;

-- name: revoke_overlay_token -> OverlayToken
update overlay_token set revoked_at = coalesce(revoked_at, $3) where id = $1 and creator_id = $2
returning id, creator_id, room_id, label, created_at, revoked_at;

-- name: revoked_among
select id from overlay_token where id = any ($1::uuid[]) and revoked_at is not null;

-- name: creators_of_rooms
select id, creator_id from room where id = any ($1::bigint[]);
