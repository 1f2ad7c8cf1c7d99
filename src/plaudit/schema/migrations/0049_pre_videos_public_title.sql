-- What is hidden stays so: gifts whose sender hides are no combo with others, and what a video is called while nobody may
-- look at it is its owner's to know.

alter table wallet add column combo_anonymous boolean;
comment on column wallet.combo_anonymous is 'whether the sender of the latest combo hides; null: it is older than this column';

-- Nobody is named whose wish is not known: servers of the version before, and what they left, do not say it.
alter table event_combo add column anonymous boolean not null default true;

alter table video add column public_title text check (char_length(public_title) between 1 and 200);
comment on column video.public_title is 'what it was called when everybody could look at it; null: nobody ever could, as far as it is known';
update video set public_title = title where state <> 'private' and (published_at is null or published_at <= now());

-- Set here, so that servers of the version before, which do not know it, keep it too. `told_at` is when a word was true.
create function video_keeps_its_public_title() returns trigger language plpgsql as $$
begin
    if new.state not in ('private', 'deleted') and (new.published_at is null or new.published_at <= new.told_at) then
        new.public_title := new.title;
    elsif tg_op = 'UPDATE' and old.state not in ('private', 'deleted')
        and (old.published_at is null or old.published_at <= new.told_at)
    then
        new.public_title := old.title;
    end if;
    return new;
end $$;
create trigger video_keeps_its_public_title before insert or update on video
    for each row execute function video_keeps_its_public_title();
