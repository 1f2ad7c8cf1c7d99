-- Streams, which begin and end rooms by themselves, and the keys with which creators' tools are let in.

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
comment on column stream.ends_at is
    'when it is over unless something is heard of it before: each word of its server moves this';
create unique index stream_open on stream (creator_id) where ended_at is null;
create index stream_due on stream (ends_at) where ended_at is null;

grant select, insert, update on stream_key, stream to plaudit_app;
