-- A gift on a video is shown in the shard of the video's frames, whoever owned it when it was sent.
select g.shard, g.viewer_id, g.id from gift g join video v on v.id = g.video_id where g.creator_shard <> v.shard
