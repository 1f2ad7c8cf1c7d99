-- Where a video's frames lie: in the shard of its first owner, for ever, whoever owns it later.

alter table video add column shard smallint;
update video set shard = (owner_id % (select shards from ledger_setting))::smallint;
alter table video alter column shard set not null;
comment on column video.shard is 'of its frames: its first owner''s, whoever owns it later';

-- Set here, so that servers of the version before, which do not know it, can tell of videos too.
create function video_lies_with_its_first_owner() returns trigger language plpgsql as $$
begin
    new.shard := shard_of(new.owner_id);
    return new;
end $$;
create trigger video_lies_with_its_first_owner before insert on video
    for each row execute function video_lies_with_its_first_owner();
