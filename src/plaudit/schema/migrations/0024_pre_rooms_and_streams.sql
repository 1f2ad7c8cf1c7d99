-- What a platform's backend needs to run rooms: its own ids for them, covers by address, and streams that begin and end
-- rooms by themselves.

alter table person
    add told_at timestamptz,
    add unique (id, issuer_id);
comment on column person.told_at is 'when their platform''s server last told of them; what a token leaves out then stays as told';

alter table room
    add issuer_id bigint,
    add client_id uuid unique,
    add external_id text check (char_length(external_id) between 1 and 200),
    add request_sha256 bytea check (length(request_sha256) = 32),
    add cover_url text,
    add cover_alt text not null default '' check (char_length(cover_alt) <= 200),
    add stage_kind text not null default 'hls' check (stage_kind in ('hls', 'page')),
    add removed_at timestamptz,
    add foreign key (creator_id, issuer_id) references person (id, issuer_id),
    add check (external_id is null or issuer_id is not null),
    add check (removed_at is null or state <> 'live'),
    drop constraint room_check,
    add constraint room_begins check (
        case state when 'scheduled' then started_at is null when 'live' then started_at is not null else true end
    );
comment on column room.issuer_id is 'its creator''s platform, whose external_id it is; null in rooms older than it';
comment on column room.client_id is 'the id its maker gave it, so that a repeat makes no second one';
comment on column room.request_sha256 is 'what its maker asked for, to tell a repeat from another room';
comment on column room.cover_url is 'a picture of the platform''s own; null: the drawing that cover names';
comment on column room.stage_kind is 'what stage_url is: an HLS playlist, or a page that plays by itself';
comment on column room.removed_at is 'nobody is shown it any more; what was given in it stays in the books';
comment on column room.started_at is 'null in a room that has ended: it never began';
create unique index room_by_external_id on room (external_id, issuer_id) where external_id is not null;

-- What a creator's streaming tool shows to be let in; only its hash is kept, and one is good at a time.
create table stream_key (
    id uuid primary key,
    creator_id bigint not null references person (id),
    hash bytea not null unique check (length(hash) = 32),
    created_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz
);
create unique index stream_key_holds on stream_key (creator_id) where revoked_at is null;

-- One showing of a creator, connections that broke off and came back included.
create table stream (
    id uuid primary key,
    name text not null unique check (name ~ '^[a-z0-9]{20,60}$'),
    creator_id bigint not null references person (id),
    key_id uuid not null references stream_key (id),
    room_id bigint not null references room (id),
    began_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz check (ended_at >= began_at)
);
comment on column stream.name is 'what the media server calls it, in a public address; it says nothing of the key';
comment on column stream.ends_at is 'when it is over unless something is heard of it before: each word of its server moves this';
create unique index stream_open on stream (creator_id) where ended_at is null;
create index stream_due on stream (ends_at) where ended_at is null;

grant select, insert, update on stream_key, stream to plaudit_app;
