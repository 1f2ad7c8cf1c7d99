-- A link that led a buyer out of an app to the web, by the token its store gave the app.
create table store_link (
    provider text not null check (provider ~ '^[a-z0-9_]{1,30}$'),
    link_id text not null check (length(link_id) between 1 and 128),
    token text check (length(token) between 1 and 4000),
    begun_at timestamptz not null,
    noted_at timestamptz not null,
    report_hours smallint not null check (report_hours > 0),
    primary key (provider, link_id)
);
comment on table store_link is 'a buyer who came from an app to the web, as its app store counts them';
comment on column store_link.token is 'as the app handed it in; null: only the store has told of it';
comment on column store_link.begun_at is 'when the store made the token, or, where it does not say, when it came here';
comment on column store_link.report_hours is 'within how many hours the store wants to be told of what comes of it';
create index store_link_by_time on store_link (noted_at);

create table store_link_order (
    shard smallint not null,
    order_id uuid not null,
    provider text not null,
    link_id text not null,
    primary key (shard, order_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    foreign key (provider, link_id) references store_link
);
comment on table store_link_order is 'the orders that began with a link: a store is told when one is paid';
create index store_link_order_by_link on store_link_order (provider, link_id);

create table store_link_report (
    report_id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity unique,
    provider text not null,
    link_id text not null,
    kind text not null check (kind in ('sale', 'refund', 'refund_undone', 'no_sale', 'unknown_link')),
    shard smallint,
    order_id uuid,
    reversal_id uuid,
    region text check (region ~ '^[A-Z]{2}$'),
    currency text check (currency ~ '^[A-Z]{3}$'),
    net_minor bigint check (net_minor >= 0),
    tax_minor bigint check (tax_minor >= 0),
    net_left_minor bigint check (net_left_minor >= 0),
    happened_at timestamptz not null,
    report_by timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'reported', 'refused')),
    ended_at timestamptz,
    due_at timestamptz,
    tries integer not null default 0,
    leased_until timestamptz,
    failed_with text,
    error text,
    foreign key (provider, link_id) references store_link,
    foreign key (shard, order_id) references store_link_order,
    constraint store_link_report_is_of_a_sale check (
        (kind in ('sale', 'refund', 'refund_undone')) = (order_id is not null)
        and num_nulls(shard, order_id, region, currency, net_minor, tax_minor, net_left_minor) in (0, 7)
        and (kind in ('refund', 'refund_undone')) = (reversal_id is not null)),
    constraint store_link_report_is_due_while_it_waits check (
        (state = 'waiting') = (due_at is not null) and (state = 'waiting') = (ended_at is null))
);
comment on table store_link_report is 'what an app store is told of a link: once each, in the order of their numbers';
comment on column store_link_report.net_left_minor is 'what the store takes as the sale, without tax, once it knows of this';
create unique index store_link_report_tells_a_sale_once on store_link_report (shard, order_id) where kind = 'sale';
create unique index store_link_report_tells_a_reversal_once on store_link_report (shard, reversal_id, kind)
    where reversal_id is not null;
create unique index store_link_report_tells_nothing_once on store_link_report (provider, link_id)
    where kind in ('no_sale', 'unknown_link');
create index store_link_report_due on store_link_report (due_at) where due_at is not null;
create index store_link_report_by_state on store_link_report (state, happened_at, report_id);
create index store_link_report_by_order on store_link_report (shard, order_id, number) where order_id is not null;

-- The sale and its report are one change, whichever way the order is paid.
create function report_sale_of_link() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    insert into store_link_report (provider, link_id, kind, shard, order_id, region, currency, net_minor, tax_minor,
        net_left_minor, happened_at, report_by, due_at)
    select l.provider, l.link_id, 'sale', o.shard, o.order_id, o.region, o.currency, o.net_minor, o.tax_minor, o.net_minor,
        o.changed_at, o.changed_at + make_interval(hours => l.report_hours), o.changed_at
    from store_link_order k join store_link l using (provider, link_id)
    join order_with_quote o on o.shard = k.shard and o.order_id = k.order_id
    where k.shard = new.shard and k.order_id = new.order_id
    on conflict do nothing;
    return null;
end $$;
create trigger sale_of_a_link_is_reported after update of state on recharge_order
    for each row when (new.state = 'paid' and old.state <> 'paid') execute function report_sale_of_link();

-- So are money that went back for good, and money of that kind that came back after all.
create function report_reversal_of_link() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    told constant text := case new.state when 'done' then 'refund' else 'refund_undone' end;
begin
    insert into store_link_report (provider, link_id, kind, shard, order_id, reversal_id, region, currency, net_minor,
        tax_minor, net_left_minor, happened_at, report_by, due_at)
    select l.provider, l.link_id, told, s.shard, s.order_id, new.reversal_id, s.region, s.currency, new.net_minor,
        new.tax_minor, greatest(0, last.net_left_minor + case told when 'refund' then -new.net_minor else new.net_minor end),
        new.changed_at, new.changed_at + make_interval(hours => l.report_hours), new.changed_at
    from store_link_report s join store_link l using (provider, link_id)
    cross join lateral (
        select r.net_left_minor from store_link_report r where r.shard = s.shard and r.order_id = s.order_id
        order by r.number desc limit 1
    ) last
    where s.shard = new.shard and s.order_id = new.order_id and s.kind = 'sale' and (told = 'refund' or exists (
        select from store_link_report r where r.shard = new.shard and r.reversal_id = new.reversal_id and r.kind = 'refund'))
    on conflict do nothing;
    return null;
end $$;
create trigger new_reversal_of_a_link_is_reported after insert on reversal
    for each row when (new.state = 'done' and new.amount_minor > 0) execute function report_reversal_of_link();
create trigger reversal_of_a_link_is_reported after update of state on reversal
    for each row when (new.state in ('done', 'undone') and new.state <> old.state and new.amount_minor > 0)
    execute function report_reversal_of_link();

grant select, insert on store_link, store_link_order, store_link_report to plaudit_app;
grant update (token) on store_link to plaudit_app;
grant update (state, ended_at, due_at, tries, leased_until, failed_with, error) on store_link_report to plaudit_app;
