-- Words that were taken from gifts: they are gone, and who took them is known.

create table message_removal (
    shard smallint not null,
    viewer_id bigint not null,
    gift_id uuid not null,
    removed_by text not null check (removed_by in ('creator', 'platform')),
    person_id bigint references person (id),
    key_id integer references api_key (id),
    removed_at timestamptz not null,
    primary key (shard, viewer_id, gift_id),
    constraint message_removal_by_somebody check (num_nonnulls(person_id, key_id) = 1),
    constraint message_removal_by_a_creator_in_person check (removed_by = 'platform' or person_id is not null)
);
comment on table message_removal is 'gifts whose words were taken away, by their creator or by the platform: an operator, or a server by its key';
