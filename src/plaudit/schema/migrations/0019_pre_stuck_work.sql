-- What fails is tried again later: how often it was tried, when it is tried again and what it failed with, item by item.

-- The first clawback of each creator that waits is looked for creator by creator.
alter table clawback
    add tries integer not null default 0,
    add due_at timestamptz,
    add error text;
comment on column clawback.due_at is 'when it may be tried; null: at once. Later ones of the same creator wait for it';
drop index clawback_to_apply;
create index clawback_to_apply on clawback (creator_id, queue_no) where applied_at is null;
create index clawback_stuck on clawback (queued_at) where applied_at is null and error is not null;

alter table conversion
    add maturity_tries integer not null default 0,
    add maturity_due_at timestamptz,
    add maturity_error text;
comment on column conversion.maturity_due_at is 'when it may be matured after a try that failed; null: when it matures';
create index conversion_stuck on conversion (matures_at) where matured_at is null and maturity_error is not null;

alter table creator_setting
    add conversion_tries integer not null default 0,
    add conversion_due_at timestamptz,
    add conversion_error text,
    add conversion_failing_since timestamptz,
    add constraint creator_setting_conversion_failing
        check ((conversion_error is null) = (conversion_failing_since is null));
comment on column creator_setting.conversion_tries is 'of automatic conversion, since it worked last';
create index creator_setting_stuck on creator_setting (conversion_failing_since) where conversion_error is not null;

alter table payout add poll_error text;
comment on column payout.poll_error is 'what the last question to its provider failed with';
create index payout_poll_stuck on payout (changed_at) where poll_at is not null and poll_error is not null;

alter table payout_provider_event add last_error text;
create index payout_provider_event_stuck on payout_provider_event (received_at)
    where applied_at is null and last_error is not null;

-- Items whose last try failed. `id` names one of them among all queues.
create view stuck_work as
    select md5(concat_ws(' ', queue, shard, creator_id, reversal_id, direction, conversion_id, payout_id, provider,
            event_id))::uuid as id, w.*
    from (
        select 'clawback'::text as queue, shard, creator_id, reversal_id, direction, null::uuid as conversion_id,
            null::uuid as payout_id, null::text as provider, null::text as event_id, queued_at as waiting_since, tries,
            error, due_at
        from clawback where applied_at is null and error is not null
        union all
        select 'maturity', shard, creator_id, null, null, id, null, null, null, matures_at, maturity_tries,
            maturity_error, maturity_due_at
        from conversion where matured_at is null and maturity_error is not null
        union all
        select 'conversion', shard, creator_id, null, null, null, null, null, null, conversion_failing_since,
            conversion_tries, conversion_error, conversion_due_at
        from creator_setting where conversion_error is not null
        union all
        select 'send', p.shard, p.creator_id, null, null, null, p.id, p.provider, null, p.changed_at, s.attempts,
            s.last_error, s.due_at
        from payout_send s join payout p on p.shard = s.shard and p.id = s.payout_id where s.last_error is not null
        union all
        select 'poll', shard, creator_id, null, null, null, id, provider, null, changed_at, polls, poll_error, poll_at
        from payout where poll_at is not null and poll_error is not null
        union all
        select 'event', null, null, null, null, null, null, provider, event_id, received_at, attempts, last_error, due_at
        from payout_provider_event where applied_at is null and last_error is not null
    ) w;

grant update (tries, due_at, error) on clawback to plaudit_app;
grant update (maturity_tries, maturity_due_at, maturity_error) on conversion to plaudit_app;
grant update (poll_error) on payout to plaudit_app;
grant select on stuck_work to plaudit_app;
