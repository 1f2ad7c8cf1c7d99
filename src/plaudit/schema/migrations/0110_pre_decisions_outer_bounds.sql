-- Bounds of bounds: how far the installation lets one go, whoever decides; and a wider one holds days after it was decided.

-- Written by whoever owns the tables (`plaudit bound widest`), and by nobody who serves.
create table decision_bound_widest (
    name text primary key check (name ~ '^[a-z]+(_[a-z]+)*$'),
    value bigint not null check (value >= 0),
    note text not null check (note ~ '\S'),
    recorded_at timestamptz not null
);
comment on table decision_bound_widest is 'the least value of a lead time or a window, the largest of any other bound';

alter table decision_bound add column effective_at timestamptz;
comment on column decision_bound.effective_at is 'from when a wider value holds; null: at once';

-- One owner alone takes a wider value back, before it holds.
create table decision_bound_withdrawal (
    name text not null,
    version integer not null,
    withdrawn_by bigint not null,
    withdrawn_at timestamptz not null,
    reason text not null check (reason ~ '\S'),
    primary key (name, version),
    foreign key (name, version) references decision_bound (name, version)
);

insert into decision_bound (name, version, value, recorded_at) values ('bound_lead_s', 1, 259200, '2000-01-01 00:00Z');

-- What was decided before stays as it is.
insert into decision_bound_widest (name, value, note, recorded_at)
select distinct on (b.name) b.name, b.value, 'in force before there were outer bounds', b.recorded_at
from decision_bound b join decision_bound o on o.name = b.name and o.version = 1
where b.version > 1
order by b.name, b.version desc;
delete from decision_bound_widest w using decision_bound o
where o.name = w.name and o.version = 1 and case
    when w.name ~ '(_lead|_window)_s$' then w.value >= ceil(o.value / 4.0)
    when w.name ~ '_(bps|days)$' then w.value <= o.value * 2
    else w.value <= o.value * 10 end;

grant select on decision_bound_widest to plaudit_app;
grant select, insert on decision_bound_withdrawal to plaudit_app;
