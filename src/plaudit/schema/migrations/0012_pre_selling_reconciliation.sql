-- The daily comparison with what providers list: its runs, the sums of both sides, and what differed.

create table reconciliation_run (
    run_id uuid primary key,
    provider text not null,
    day date not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'complete', 'failed')),
    requested_at timestamptz not null,
    requested_by bigint,
    daily boolean not null,
    due_at timestamptz,
    tries integer not null default 0,
    ended_at timestamptz,
    error text,
    listed integer not null default 0,
    compared integer not null default 0,
    healed integer not null default 0,
    differing integer not null default 0,
    vanished integer not null default 0,
    constraint run_is_due_until_it_ends check ((due_at is not null) = (state in ('queued', 'running')))
);
comment on column reconciliation_run.requested_by is 'an operator; null: the daily job, or a command';
comment on column reconciliation_run.listed is 'payments and reversals the provider listed';
comment on column reconciliation_run.compared is 'payments and reversals of ours they were compared with';
create index reconciliation_run_by_time on reconciliation_run (requested_at desc, run_id desc);
create unique index reconciliation_run_daily on reconciliation_run (provider, day) where daily;
create index reconciliation_run_due on reconciliation_run (due_at) where due_at is not null;

create table reconciliation_sum (
    run_id uuid not null references reconciliation_run (run_id),
    side text not null check (side in ('ours', 'theirs')),
    what text not null check (what in ('payment', 'refund', 'void', 'chargeback')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    count integer not null check (count > 0),
    minor bigint not null,
    fee_minor bigint not null,
    primary key (run_id, side, what, currency)
);

create table difference_kind (
    kind text primary key,
    description text not null
);
insert into difference_kind (kind, description) values
    ('payment_missing_here', 'the provider lists a payment that is not here'),
    ('payment_missing_there', 'a payment of ours is not at the provider'),
    ('payment_state_differs', 'a payment is in another state there'),
    ('payment_amount_differs', 'a payment is of another amount there'),
    ('payment_fee_differs', 'the provider keeps another fee than was booked'),
    ('reversal_missing_here', 'the provider lists money going back that is not here'),
    ('reversal_missing_there', 'money of ours going back is not at the provider'),
    ('reversal_state_differs', 'money going back is in another state there'),
    ('reversal_amount_differs', 'money going back is of another amount there'),
    ('reversal_open_long', 'money going back has not come to an end for a long time');

create table difference_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into difference_transition (from_state, to_state, description) values
    ('open', 'vanished', 'a later run did not find it any more'),
    ('open', 'healed', 'the news was applied'),
    ('open', 'closed', 'somebody said what became of it'),
    ('vanished', 'open', 'a later run found it again'),
    ('vanished', 'healed', 'a later run found it again, and the news was applied'),
    ('vanished', 'closed', 'somebody said what became of it'),
    ('healed', 'open', 'a later run found it again');

-- What differed, once for each thing and day of its provider: a row somebody must close.
create table reconciliation_difference (
    difference_id uuid primary key,
    provider text not null,
    day date not null,
    kind text not null references difference_kind (kind),
    payment_id text not null,
    provider_reversal_id text not null default '',
    shard smallint,
    order_id uuid,
    ours_minor bigint,
    ours_currency text,
    ours_state text,
    theirs_minor bigint,
    theirs_currency text,
    theirs_state text,
    detail text not null default '',
    state text not null check (state in ('open', 'vanished', 'healed', 'closed')),
    previous_state text,
    first_run uuid not null references reconciliation_run (run_id),
    last_run uuid not null references reconciliation_run (run_id),
    noticed_at timestamptz not null,
    changed_at timestamptz not null,
    resolution text check (length(resolution) between 1 and 1000),
    closed_by bigint,
    unique (provider, day, kind, payment_id, provider_reversal_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint difference_moves_on
        foreign key (previous_state, state) references difference_transition (from_state, to_state),
    constraint difference_begins_open check (previous_state is not null or state in ('open', 'healed')),
    constraint difference_is_closed_with_words
        check ((state = 'closed') = (resolution is not null) and (state = 'closed') = (closed_by is not null))
);
create index difference_by_time on reconciliation_difference (noticed_at desc, difference_id desc);
create index difference_open on reconciliation_difference (noticed_at desc) where state = 'open';

grant select on difference_kind, difference_transition to plaudit_app;
grant select, insert on reconciliation_run, reconciliation_difference to plaudit_app;
grant select, insert, delete on reconciliation_sum to plaudit_app;
grant update (state, due_at, tries, ended_at, error, listed, compared, healed, differing, vanished)
    on reconciliation_run to plaudit_app;
grant update (state, previous_state, ours_minor, ours_currency, ours_state, theirs_minor, theirs_currency, theirs_state,
    detail, last_run, changed_at, resolution, closed_by) on reconciliation_difference to plaudit_app;
