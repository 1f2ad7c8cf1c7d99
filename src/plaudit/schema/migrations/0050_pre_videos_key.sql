-- Ids are numbers in a row, so whoever counts finds each: an unlisted video is shown by a key that cannot be guessed.
-- The default gives one to each video there is, and to those that the last release still tells of.
alter table video add column key text not null default replace(gen_random_uuid()::text, '-', '')
    check (key ~ '^[0-9a-f]{32}$');
comment on column video.key is 'what an unlisted one is shown by; never changed';
