-- The catalogue is the operator's: versions that begin when they are meant to, pictures of its own, names in languages.

-- A version holds from `active_from` until the next begins or until `retired_at`: two never hold at once. Of two that
-- begin at one moment the later one counts.
drop index item_version_current;
alter table item_version
    add names jsonb not null default '{}' check (jsonb_typeof(names) = 'object'),
    add alt text not null default '',
    add still text not null default '',
    add hidden boolean not null default false,
    add regions text[] not null default '{}',
    add creator_ids bigint[] not null default '{}',
    add changed_by bigint references person (id),
    add changed_at timestamptz,
    add withdrawn_at timestamptz check (withdrawn_at < active_from);
create index item_version_begins on item_version (item_id, active_from, version) where withdrawn_at is null;
comment on column item_version.names is 'the name in other languages, by tag of BCP 47';
comment on column item_version.alt is 'what its picture shows, for who does not see it; empty: the name';
comment on column item_version.still is 'the picture for who wants no motion; empty: art';
comment on column item_version.hidden is 'not in the tray; who knows it can send it';
comment on column item_version.regions is 'where it may be sent; empty: everywhere';
comment on column item_version.creator_ids is 'to whom it may be sent; empty: to everybody';
comment on column item_version.changed_by is 'null: a file of the command line';
comment on column item_version.withdrawn_at is 'it never began';
update item_version set changed_at = active_from;
alter table item_version alter changed_at set not null;

-- Pictures and animations, named by what is in them: whoever has the name has the picture, for ever the same.
create table art (
    name text primary key check (name ~ '^[0-9a-f]{64}\.(svg|png|webp|json)$'),
    content bytea not null check (octet_length(content) between 1 and 1048576),
    width integer not null check (width between 1 and 8192),
    height integer not null check (height between 1 and 8192),
    added_by bigint references person (id),
    added_at timestamptz not null
);
grant select, insert on art to plaudit_app;

-- The version a gift was of. Around a change two prices are taken for a short while: what was paid tells which it was.
create function item_shown(p_item_id integer, p_unit_coins bigint, p_at timestamptz) returns setof item_version
language sql stable as $$
    select * from item_version
    where item_id = p_item_id and active_from <= p_at and withdrawn_at is null
    order by coins = p_unit_coins desc, active_from desc, version desc limit 1
$$;
grant execute on function item_shown to plaudit_app;
