-- Grants: coins an operator gives away, with who gave them and why.

create table coin_grant (
    shard smallint not null,
    grant_id uuid not null,
    person_id bigint not null,
    coins bigint not null check (coins > 0),
    reason text not null check (reason <> ''),
    expires_at timestamptz check (expires_at > granted_at),
    granted_by bigint not null,
    granted_at timestamptz not null,
    primary key (shard, grant_id),
    constraint grant_is_a_lot foreign key (shard, person_id, grant_id) references lot (shard, viewer_id, lot_id),
    constraint grant_not_to_oneself check (granted_by <> person_id)
);
comment on table coin_grant is 'a grant is a promotional lot; its id is that of the lot';
create index coin_grant_newest on coin_grant (granted_at desc, grant_id desc);
create index coin_grant_by_person on coin_grant (shard, person_id, granted_at desc, grant_id desc);
create index coin_grant_by_operator on coin_grant (granted_by, granted_at desc, grant_id desc);

grant select, insert on coin_grant to plaudit_app;
