-- A video's moments are of years in which everything can be counted with them, as `plaudit.moments` has it for whatever
-- is said. What was told otherwise keeps the nearest.
update video
set published_at = case when published_at is not null then
        least(greatest(published_at, '1970-01-01 00:00:00+00'), '2999-12-31 23:59:59+00')
    end,
    told_at = least(greatest(told_at, '1970-01-01 00:00:00+00'), '2999-12-31 23:59:59+00')
where published_at < '1970-01-01 00:00:00+00' or published_at >= '3000-01-01 00:00:00+00'
    or told_at < '1970-01-01 00:00:00+00' or told_at >= '3000-01-01 00:00:00+00';
alter table video
    add constraint video_published_within
    check (published_at >= '1970-01-01 00:00:00+00' and published_at < '3000-01-01 00:00:00+00'),
    add constraint video_told_within
    check (told_at >= '1970-01-01 00:00:00+00' and told_at < '3000-01-01 00:00:00+00');
