-- Words that were taken from a gift are neither with the gift nor in its frame.
select m.shard, m.viewer_id, m.gift_id from message_removal m
join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
where g.message is not null or exists (
    select from frame f, unnest(f.lines) u
    where f.shard = g.creator_shard and f.room_id = coalesce(g.room_id, g.video_id) and f.kind = 'gift'
        and u.viewer_id = m.viewer_id and u.id = m.gift_id and u.message is not null
);
