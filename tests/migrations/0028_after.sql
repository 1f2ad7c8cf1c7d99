-- All of it is as it was: in a room, nobody else's, and lines of before are read with what they have.
select id, room_id, coins from gift where room_id <> 5 or num_nonnulls(video_id, position_ms, shares, share_batch_nos) > 0;

select 1, 'Thanks', false, 2 except
select cardinality(b.lines), l.message, l.anonymous, num_nulls(l.video_id, l.position_ms, l.shares) - 1
from gift_batch b, unnest(b.lines) l where b.unshown is null;

select 10::bigint, 5::bigint, true except
select l.share_coins, l.room_id, l.anonymous from frame f, unnest(f.lines) l where l.shares is null and l.video_id is null;

select 1, '{5}'::bigint[] except select gifts, room_ids from delivery where unshown is null;

select 5::bigint, 4::bigint except select room_id, coins from gift_reversal where video_id is null;

select 'room', 10::bigint except select by, coins_received from creator_total;
