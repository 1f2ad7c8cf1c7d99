-- What decisions of who may come in made: each is carried out once.
create table admission (
    decision_id uuid primary key references decision (id),
    key_id integer references api_key (id),
    issuer_id integer references issuer (id),
    role_grant_id bigint references role_grant (id),
    check (num_nonnulls(key_id, issuer_id, role_grant_id) = 1)
);
grant select on admission to plaudit_app;

insert into decision_bound (name, version, value, recorded_at) values ('key_life_days', 1, 400, '2000-01-01 00:00Z');

-- Why accounts count as two people's again.
alter table person_link add column ended_because text check (ended_because is null or (ended_because ~ '\S' and ended_at is not null));
grant update (ended_because) on person_link to plaudit_app;
