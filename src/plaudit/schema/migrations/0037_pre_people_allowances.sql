-- How often somebody has done within an hour what costs us or a provider something.

create table allowance_taken (
    person_id bigint not null references person (id),
    kind text not null check (char_length(kind) between 1 and 30),
    hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
    times integer not null check (times > 0),
    primary key (person_id, kind)
);
comment on table allowance_taken is 'of the last hour in which it was done; an earlier one is forgotten';
create index allowance_taken_by_hour on allowance_taken (hour);
grant select, insert, update, delete on allowance_taken to plaudit_app;
