-- What is kept of somebody beyond its period, because a court, an office or a dispute may ask for it.

create table legal_hold (
    id uuid primary key,
    person_id bigint not null references person (id),
    reason text not null check (reason ~ '\S' and length(reason) <= 500),
    placed_by bigint not null references person (id) check (placed_by <> person_id),
    placed_at timestamptz not null,
    lifted_by bigint references person (id) check (lifted_by <> person_id),
    lifted_at timestamptz check (lifted_at >= placed_at),
    lifted_because text check (lifted_because ~ '\S' and length(lifted_because) <= 500),
    constraint hold_is_lifted_whole check (num_nulls(lifted_by, lifted_at, lifted_because) in (0, 3))
);
comment on table legal_hold is 'people of whom nothing goes because it is old, until it is lifted';
create index legal_hold_open on legal_hold (person_id) where lifted_at is null;
create index legal_hold_newest on legal_hold (placed_at desc, id desc);
grant select, insert on legal_hold to plaudit_app;
grant update (lifted_by, lifted_at, lifted_because) on legal_hold to plaudit_app;
