-- Videos, and what their creators decided.

-- name: lock_videos
-- What is told of them meanwhile is known to the next statement.
select from video where issuer_id = $1 and external_id = any ($2::text[]) order by external_id for no key update

-- name: tell_videos
-- An older word than the last changes nothing, and none the key; one without a time is newer than the last. Sorted, so that two servers
-- telling of the same videos wait for each other instead of for ever.
insert into video as v (issuer_id, external_id, key, owner_id, title, duration_ms, cover_url, hls_url, state,
    published_at, territories_allowed, territories_blocked, music_restricted, told_at, added_at)
select $1, u.external_id, u.key, u.owner_id, u.title, u.duration_ms, u.cover_url, u.hls_url, u.state, u.published_at,
    string_to_array(u.allowed, ' '), string_to_array(u.blocked, ' '), u.music_restricted,
    case when u.is_timed then u.told_at else greatest(u.told_at, known.told_at + interval '1 microsecond') end, $2
from unnest($3::text[], $4::bigint[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::timestamptz[],
    $11::text[], $12::text[], $13::boolean[], $14::timestamptz[], $15::boolean[], $16::text[])
    as u (external_id, owner_id, title, duration_ms, cover_url, hls_url, state, published_at, allowed, blocked,
        music_restricted, told_at, is_timed, key)
    left join video known on known.issuer_id = $1 and known.external_id = u.external_id
order by u.external_id
on conflict (issuer_id, external_id) do update
set owner_id = excluded.owner_id, title = excluded.title, duration_ms = excluded.duration_ms,
    cover_url = excluded.cover_url, hls_url = excluded.hls_url, state = excluded.state,
    published_at = excluded.published_at, territories_allowed = excluded.territories_allowed,
    territories_blocked = excluded.territories_blocked, music_restricted = excluded.music_restricted,
    told_at = excluded.told_at
where v.told_at <= excluded.told_at;

-- name: forget_video
update video set state = 'deleted', told_at = coalesce($4, greatest($3, told_at + interval '1 microsecond'))
where issuer_id = $1 and external_id = $2 and ($4::timestamptz is null or told_at <= $4);

-- name: videos_by_ids -> Video
select v.id, v.shard, v.issuer_id, v.external_id, v.key, v.owner_id, v.title, v.public_title, v.duration_ms, v.cover_url,
    v.hls_url, v.state, v.published_at, v.territories_allowed, v.territories_blocked, v.music_restricted, v.told_at,
    p.subject as owner_subject, p.display_name as owner_name, p.avatar as owner_avatar, p.country as owner_country,
    i.active as issuer_active, i.active and ('creator' = any (p.platform_roles) or exists (
        select from role_grant g where g.person_id = p.id and g.role = 'creator' and g.taken_at is null
    )) as owner_may_earn,
    exists (select from video_opt_in o where o.creator_id = v.owner_id) as owner_opted_in,
    not exists (select from video_opt_out o where o.creator_id = v.owner_id and o.video_id = v.id) as gifts_enabled,
    exists (select from video_message_opt_in o where o.creator_id = v.owner_id) as messages_enabled
from video v join person p on p.id = v.owner_id join issuer i on i.id = v.issuer_id
where v.id = any ($1::bigint[]);

-- name: no_longer_shown
-- Of videos that were shown in a state, those in another one now, and those that are hidden still or again.
select w.video_id, w.state from unnest($1::bigint[], $2::text[]) as w (video_id, state)
join video v on v.id = w.video_id join issuer i on i.id = v.issuer_id
where v.state <> w.state or v.published_at > $3 or not i.active;

-- name: ids_by_external_ids
select id from video where issuer_id = $1 and external_id = any ($2::text[]);

-- name: ids_of_platform
-- A page in the order of the platform's own ids.
select id from video where issuer_id = $1 and external_id > $2 order by external_id limit $3;

-- name: ids_of_owner
-- A page of those a creator has, the newest first.
select id from video where owner_id = $1 and state <> 'deleted' and id < $2 order by id desc limit $3;

-- name: ids_published
-- A page of those everybody can watch, the newest first.
select v.id from video v join issuer i on i.id = v.issuer_id
where v.state = 'published' and v.published_at <= $1 and i.active and (v.published_at, v.id) < ($2, $3)
order by v.published_at desc, v.id desc limit $4;

-- name: is_opted_in
select exists (select from video_opt_in where creator_id = $1);

-- name: opt_in
insert into video_opt_in (creator_id, since) values ($1, $2) on conflict do nothing returning true;

-- name: opt_out
delete from video_opt_in where creator_id = $1 returning true;

-- name: takes_messages
select exists (select from video_message_opt_in where creator_id = $1);

-- name: take_messages
insert into video_message_opt_in (creator_id, since) values ($1, $2) on conflict do nothing returning true;

-- name: take_no_messages
delete from video_message_opt_in where creator_id = $1 returning true;

-- name: take_video_out
insert into video_opt_out (creator_id, video_id, since) values ($1, $2, $3) on conflict do nothing;

-- name: take_video_in
delete from video_opt_out where creator_id = $1 and video_id = $2;

-- Words with gifts

-- name: gift_in_frame -> GiftInFrame
select u.viewer_id, u.creator_id, u.message from frame f, unnest(f.lines) u
where f.shard = $1 and f.room_id = $2 and f.seq = $3 and f.kind = 'gift' and u.id = $4
order by u.message is null limit 1;

-- name: tell_screens
select append_frame($1, $2, $3, $4, $5), pg_notify('plaudit_rooms', ':' || $2::bigint);
