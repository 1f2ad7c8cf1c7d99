-- The catalogue is the operator's: versions that begin when they are meant to, pictures of its own, names in languages.

-- The version moves with every change of the catalogue, so that a process knows when to read it again.
create table catalogue (
    singleton boolean primary key default true check (singleton),
    version bigint not null default 0
);
insert into catalogue default values;

create table item (
    id integer primary key check (id > 0),
    sku text not null unique check (sku ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

-- A price never changes within a version; a change begins the next. A version holds from `active_from` until the next
-- begins or until `retired_at`: two never hold at once. Of two that begin at one moment the later one counts.
create table item_version (
    item_id integer not null references item (id),
    version integer not null check (version > 0),
    name text not null check (name <> ''),
    coins bigint not null check (coins > 0),
    category text not null,
    art text not null,
    size text not null check (size in ('small', 'large')),
    combo boolean not null,
    animation text not null,
    duration_ms integer not null check (duration_ms between 1 and 60000),
    sort integer not null,
    active_from timestamptz not null,
    retired_at timestamptz check (retired_at >= active_from),
    names jsonb not null default '{}' check (jsonb_typeof(names) = 'object'),
    alt text not null default '',
    still text not null default '',
    hidden boolean not null default false,
    regions text[] not null default '{}',
    creator_ids bigint[] not null default '{}',
    changed_by bigint references person (id),
    changed_at timestamptz not null,
    withdrawn_at timestamptz check (withdrawn_at < active_from),
    primary key (item_id, version)
);
comment on column item_version.names is 'the name in other languages, by tag of BCP 47';
comment on column item_version.alt is 'what its picture shows, for who does not see it; empty: the name';
comment on column item_version.still is 'the picture for who wants no motion; empty: art';
comment on column item_version.hidden is 'not in the tray; who knows it can send it';
comment on column item_version.regions is 'where it may be sent; empty: everywhere';
comment on column item_version.creator_ids is 'to whom it may be sent; empty: to everybody';
comment on column item_version.changed_by is 'null: a file of the command line';
comment on column item_version.withdrawn_at is 'it never began';
create index item_version_begins on item_version (item_id, active_from, version) where withdrawn_at is null;

-- The version a gift was of. Around a change two prices are taken for a short while: what was paid tells which it was.
create function item_shown(p_item_id integer, p_unit_coins bigint, p_at timestamptz) returns setof item_version
language sql stable as $$
    select * from item_version
    where item_id = p_item_id and active_from <= p_at and withdrawn_at is null
    order by coins = p_unit_coins desc, active_from desc, version desc limit 1
$$;

-- Pictures and animations, named by what is in them: whoever has the name has the picture, for ever the same.
create table art (
    name text primary key check (name ~ '^[0-9a-f]{64}\.(svg|png|webp|json)$'),
    content bytea not null check (octet_length(content) between 1 and 1048576),
    width integer not null check (width between 1 and 8192),
    height integer not null check (height between 1 and 8192),
    added_by bigint references person (id),
    added_at timestamptz not null
);

grant select, insert, update on catalogue, item, item_version to plaudit_app;
grant select, insert on art to plaudit_app;
grant execute on function item_shown to plaudit_app;
