-- Videos of platforms, as far as gifts have to know them, and which of them their creators take gifts on.

-- A room and a video have their ids of one sequence, so that a number says which it is.
create table video (
    id bigint primary key default nextval('room_id_seq'),
    issuer_id integer not null,
    external_id text not null
        check (external_id ~ '^[A-Za-z0-9_-][A-Za-z0-9._~:=@-]*$' and char_length(external_id) <= 200),
    owner_id bigint not null,
    title text not null check (char_length(title) between 1 and 200),
    duration_ms integer not null check (duration_ms between 1 and 86400000),
    cover_url text,
    hls_url text,
    state text not null check (state in ('published', 'unlisted', 'private', 'age_restricted', 'deleted')),
    published_at timestamptz,
    territories_allowed text[] check (array_to_string(territories_allowed, ' ', '-') ~ '^([A-Z]{2}( [A-Z]{2})*)?$'),
    territories_blocked text[] not null default '{}'
        check (array_to_string(territories_blocked, ' ', '-') ~ '^([A-Z]{2}( [A-Z]{2})*)?$'),
    music_restricted boolean not null default false,
    told_at timestamptz not null,
    added_at timestamptz not null,
    unique (issuer_id, external_id),
    foreign key (owner_id, issuer_id) references person (id, issuer_id),
    constraint video_published_at_a_time check (state <> 'published' or published_at is not null),
    constraint video_territories_said_one_way check (territories_allowed is null or territories_blocked = '{}')
);
comment on table video is 'never deleted: what was given names it';
comment on column video.external_id is 'its platform''s own id';
comment on column video.hls_url is 'null: it is watched at its platform only';
comment on column video.territories_allowed is 'where it may be watched; null: everywhere but in those that are blocked';
comment on column video.music_restricted is 'it has music whose owners let nobody earn with it';
comment on column video.told_at is 'when its platform last spoke of it; an older word that comes late changes nothing';
create index video_by_owner on video (owner_id, id desc) where state <> 'deleted';
create index video_published on video (published_at desc, id desc) where state = 'published';

-- A creator takes gifts on videos: on all that are not named in video_opt_out. Both are the creator's word, kept by
-- creator: who gets a video from another decides anew.
create table video_opt_in (
    creator_id bigint primary key references person (id),
    since timestamptz not null
);
create table video_opt_out (
    creator_id bigint not null references person (id),
    video_id bigint not null references video (id),
    since timestamptz not null,
    primary key (creator_id, video_id)
);

grant usage on sequence room_id_seq to plaudit_app;
grant select, insert, update (owner_id, title, duration_ms, cover_url, hls_url, state, published_at, territories_allowed,
    territories_blocked, music_restricted, told_at) on video to plaudit_app;
grant select, insert, delete on video_opt_in, video_opt_out to plaudit_app;
