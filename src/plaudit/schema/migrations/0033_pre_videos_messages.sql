-- Who takes words with gifts on videos: nobody, until they say so.

create table video_message_opt_in (
    creator_id bigint primary key references person (id),
    since timestamptz not null
);
comment on table video_message_opt_in is 'creators who let words come with gifts on their videos';
grant select, insert, delete on video_message_opt_in to plaudit_app;
