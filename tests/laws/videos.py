"""What breaks the laws of videos."""

BREAKS = [
    (
        "ids_are_rooms_or_videos",
        """insert into video (id, issuer_id, external_id, owner_id, title, duration_ms, state, told_at, added_at, shard)
        select r.id, p.issuer_id, 'v', p.id, 'v', 1, 'private', r.created_at, r.created_at, r.shard
        from room r join person p on p.id = r.creator_id limit 1""",
    ),
    (
        "gifts_are_shown_where_their_video_lies",
        """with shown_elsewhere as (
            insert into video (id, shard, issuer_id, external_id, owner_id, title, duration_ms, state, told_at,
                added_at)
            select 999999, 0, p.issuer_id, 'v', p.id, 'v', 1, 'private', now(), now() from person p limit 1
        )
        update gift set room_id = null, video_id = 999999, creator_shard = 1""",
    ),
]
