-- Stream keys, and streams from their first word to their end.

-- What changes keys or streams of a creator waits its turn here.
-- name: lock_creator
select id from person where id = $1 for no key update;

-- name: stream_key_of -> StreamKey
select id, creator_id, created_at, used_at, revoked_at from stream_key where creator_id = $1 and revoked_at is null;

-- name: stream_key_by_id -> StreamKey
select id, creator_id, created_at, used_at, revoked_at from stream_key where id = $1;

-- name: stream_key_by_hash -> StreamKey
select id, creator_id, created_at, used_at, revoked_at from stream_key where hash = $1 and revoked_at is null;

-- name: insert_stream_key -> StreamKey
insert into stream_key (id, creator_id, hash, created_at) values ($1, $2, $3, $4)
on conflict (id) do nothing
returning id, creator_id, created_at, used_at, revoked_at;

-- name: revoke_stream_key
update stream_key set revoked_at = $2 where creator_id = $1 and revoked_at is null;

-- name: use_stream_key
update stream_key set used_at = $2 where id = $1;

-- name: open_stream -> Stream
select id, name, creator_id, key_id, room_id, began_at, ends_at, ended_at
from stream where creator_id = $1 and ended_at is null;

-- name: insert_stream -> Stream
insert into stream (id, name, creator_id, key_id, room_id, began_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7)
returning id, name, creator_id, key_id, room_id, began_at, ends_at, ended_at;

-- name: stream_called -> Stream
-- The open stream of that name, or that came with the key of that hash: nginx-rtmp keeps to the name that the tool gave.
select id, name, creator_id, key_id, room_id, began_at, ends_at, ended_at
from stream
where ended_at is null and (name = $1 or key_id = (select k.id from stream_key k where k.hash = $2));

-- name: move_stream_end
update stream set ends_at = $2, key_id = $3 where id = $1;

-- name: end_stream
update stream set ended_at = greatest($2, began_at) where id = $1 and ended_at is null;

-- name: due_streams -> Stream
select id, name, creator_id, key_id, room_id, began_at, ends_at, ended_at
from stream where ended_at is null and ends_at <= $1 order by ends_at limit $2;

-- name: room_for_stream
-- The live room of a creator, else the one prepared last.
select id from room
where creator_id = $1 and removed_at is null and state in ('live', 'scheduled')
order by (state = 'live') desc, id desc limit 1;

-- name: title_of_last_room
select title from room where creator_id = $1 order by id desc limit 1;
