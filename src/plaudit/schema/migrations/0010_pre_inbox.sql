-- Messages of providers kept until they are applied, payments that are agreed and not yet taken, payments that were
-- otherwise than ordered, and the daily comparison with what providers list.

-- The inbox

create table webhook_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into webhook_transition (from_state, to_state, description) values
    ('waiting', 'waiting', 'tried, and to be tried again'),
    ('waiting', 'applied', 'something changed'),
    ('waiting', 'repeated', 'known already'),
    ('waiting', 'ignored', 'of no concern'),
    ('waiting', 'problem', 'for a person to look at'),
    ('repeated', 'applied', 'replayed'),
    ('repeated', 'problem', 'replayed'),
    ('ignored', 'applied', 'replayed'),
    ('ignored', 'repeated', 'replayed'),
    ('ignored', 'problem', 'replayed'),
    ('problem', 'applied', 'replayed'),
    ('problem', 'repeated', 'replayed'),
    ('problem', 'ignored', 'replayed'),
    ('problem', 'problem', 'replayed, and still a problem');

drop index webhook_event_by_time;
alter table webhook_event drop constraint webhook_event_outcome_check;
alter table webhook_event rename column outcome to state;
alter table webhook_event alter column body type bytea using convert_to(body, 'UTF8');
alter table webhook_event
    alter column state set default 'waiting',
    alter column detail set default '',
    add column message_id uuid not null default gen_random_uuid() unique,
    add column previous_state text,
    add column tries integer not null default 0,
    add column errors integer not null default 0,
    add column tried_at timestamptz,
    add column due_at timestamptz;
update webhook_event set previous_state = 'waiting', tries = 1, tried_at = received_at;
alter table webhook_event
    add constraint webhook_state_known check (state in ('waiting', 'applied', 'repeated', 'ignored', 'problem')),
    add constraint webhook_begins_waiting check (previous_state is not null or state = 'waiting'),
    add constraint webhook_moves_on
        foreign key (previous_state, state) references webhook_transition (from_state, to_state),
    add constraint webhook_waits_for_something check (due_at is not null or state <> 'waiting');
comment on column webhook_event.body is 'the bytes as they came; what else is needed to verify them again is not kept';
comment on column webhook_event.due_at is 'when it is to be applied, or applied again; also the lease of who is at it';
comment on column webhook_event.errors is 'tries that failed here, not at the provider; so many make it a problem';
create index webhook_event_by_time on webhook_event (received_at desc, message_id desc);
create index webhook_event_due on webhook_event (due_at) where due_at is not null;
create index webhook_event_to_look_at on webhook_event (received_at desc) where state in ('waiting', 'problem');

-- Who looked into what: replays, resolutions and closings are written down with the person.
create table webhook_replay (
    message_id uuid not null references webhook_event (message_id),
    at timestamptz not null,
    person_id bigint not null,
    outcome text,
    primary key (message_id, at, person_id)
);
comment on column webhook_replay.outcome is 'what came of it at once; null when it was left to the job';

-- Payments that are agreed and not yet taken

insert into order_transition (from_state, to_state, description) values
    ('created', 'authorised', 'the buyer agreed, and the money is to be taken'),
    ('created', 'refused', 'the buyer agreed, and the money is not to be taken'),
    ('pending', 'authorised', 'the buyer agreed, and the money is to be taken'),
    ('pending', 'refused', 'the buyer agreed, and the money is not to be taken'),
    ('declined', 'authorised', 'the buyer agreed after all'),
    ('declined', 'refused', 'the buyer agreed after all, and the money is not to be taken'),
    ('expired', 'authorised', 'the buyer agreed after all'),
    ('expired', 'refused', 'the buyer agreed after all, and the money is not to be taken'),
    ('authorised', 'paid', 'the money was taken'),
    ('authorised', 'declined', 'the money could not be taken'),
    ('authorised', 'expired', 'the money was not reserved long enough');

alter table recharge_order drop constraint recharge_order_state_check;
alter table recharge_order
    add constraint order_state_known
        check (state in ('created', 'pending', 'authorised', 'paid', 'declined', 'expired', 'refused')),
    add column paid_minor bigint check (paid_minor > 0),
    add column paid_currency text check (paid_currency ~ '^[A-Z]{3}$'),
    add column paid_net_minor bigint check (paid_net_minor >= 0),
    add column paid_tax_minor bigint check (paid_tax_minor >= 0),
    add constraint order_paid_adds_up check (paid_net_minor + paid_tax_minor = paid_minor),
    add constraint order_paid_is_whole
        check (num_nulls(paid_minor, paid_currency, paid_net_minor, paid_tax_minor) in (0, 4));
comment on column recharge_order.paid_minor is 'what a store was paid, where it is not what was quoted';

-- What was decided about an authorised payment: to take it, or to let it go. It is a queue until it is carried out.
create table payment_decision (
    shard smallint not null,
    order_id uuid not null,
    payment_id text not null,
    outcome text not null check (outcome in ('capture', 'reprice', 'ask', 'refuse')),
    region text,
    reasons text[] not null,
    decided_at timestamptz not null,
    due_at timestamptz,
    tries integer not null default 0,
    error text,
    carried_out_at timestamptz,
    primary key (shard, order_id, payment_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint decision_is_carried_out_once check (due_at is null or carried_out_at is null)
);
comment on column payment_decision.region is 'whose price is the right one';
create index payment_decision_due on payment_decision (due_at) where due_at is not null;

-- Problems of payments

create table payment_problem_kind (
    kind text primary key,
    description text not null
);
insert into payment_problem_kind (kind, description) values
    ('amount_differs', 'paid other than ordered, and not credited'),
    ('paid_late', 'paid after the order was over'),
    ('paid_twice', 'paid a second time'),
    ('price_differs', 'a store was paid another price for the coins that were ordered'),
    ('fraud_warning', 'the card''s network believes it was fraud'),
    ('capture_contradiction', 'taken although it was to be let go, or not taken although it was to be'),
    ('excess_dispute', 'more is disputed than was paid');

alter table payment_problem drop constraint payment_problem_kind_check;
alter table payment_problem
    add column problem_id uuid not null default gen_random_uuid(),
    add column detail text not null default '',
    add column resolved_by bigint,
    add constraint payment_problem_kind_known foreign key (kind) references payment_problem_kind (kind),
    add constraint payment_problem_is_resolved_with_words check (length(resolution) between 1 and 1000);
create unique index payment_problem_by_id on payment_problem (shard, problem_id);
create index payment_problem_by_time on payment_problem (noticed_at desc, problem_id desc);

create or replace view order_with_quote as
    select o.shard, o.order_id, o.person_id, o.quote_id, o.provider, o.return_url, o.state, o.payment_id, o.checkout_url,
        o.created_at, o.changed_at, o.expires_at, o.polls, q.channel, q.region, q.coins,
        coalesce(o.paid_currency, q.currency) as currency,
        coalesce(o.paid_net_minor, q.net_minor) as net_minor,
        coalesce(o.paid_tax_minor, q.tax_minor) as tax_minor,
        coalesce(o.paid_minor, q.price_minor) as price_minor,
        q.tax_name, q.tax_rate_bps, q.store_fee_bps,
        exists (
            select from payment_problem p
            where p.shard = o.shard and p.order_id = o.order_id and p.resolved_at is null and not p.credited
                and p.paid_minor > 0
        ) as needs_review,
        case when d.outcome <> 'capture' then d.outcome end as refusal,
        case when d.outcome <> 'capture' then d.reasons end as refusal_reasons,
        case when d.outcome <> 'capture' then d.region end as refusal_region
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';

-- The daily comparison with what providers list

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

create index receipt_by_payment_time on receipt (paid_at, order_id);

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
    ('reversal_amount_differs', 'money going back is of another amount there');

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

grant select on webhook_transition, payment_problem_kind, difference_kind, difference_transition to plaudit_app;
grant select, insert on webhook_replay, reconciliation_run, reconciliation_sum, reconciliation_difference to plaudit_app;
grant update (state, due_at, tries, ended_at, error, listed, compared, healed, differing, vanished)
    on reconciliation_run to plaudit_app;
grant delete on reconciliation_sum to plaudit_app;
grant update (state, previous_state, ours_minor, ours_currency, ours_state, theirs_minor, theirs_currency, theirs_state,
    detail, last_run, changed_at, resolution, closed_by) on reconciliation_difference to plaudit_app;
grant update (state, previous_state, detail, tries, errors, tried_at, due_at) on webhook_event to plaudit_app;
grant update (paid_minor, paid_currency, paid_net_minor, paid_tax_minor) on recharge_order to plaudit_app;
grant select, insert on payment_decision to plaudit_app;
grant update (due_at, tries, error, carried_out_at) on payment_decision to plaudit_app;
grant update (resolved_by) on payment_problem to plaudit_app;
