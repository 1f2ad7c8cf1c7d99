-- What every queue knows of an item: when it is due, how often it was tried, who holds it until when, what failed last.
-- due_at (poll_at and the like in tables that are more than a queue) is when somebody may take it; while somebody has it,
-- that is the end of the lease, which is named in leased_until as well: what a worker settles must still be its own.
-- failed_with is a stable code, and null when the last try did not fail; the words beside it are for people.

alter table recharge_order add leased_until timestamptz, add failed_with text, add poll_error text;
alter table payment_decision add leased_until timestamptz, add failed_with text;
alter table store_finishing add leased_until timestamptz, add failed_with text;
alter table reversal add leased_until timestamptz, add failed_with text;
alter table consumption_request add leased_until timestamptz, add failed_with text;
alter table webhook_event add leased_until timestamptz, add failed_with text;
alter table store_void_poll
    add tries integer not null default 0, add leased_until timestamptz, add failed_with text, add error text;
alter table reconciliation_run add leased_until timestamptz, add failed_with text;
alter table clawback add leased_until timestamptz, add failed_with text;
alter table conversion add maturity_leased_until timestamptz, add maturity_failed_with text;
alter table creator_setting add conversion_leased_until timestamptz, add conversion_failed_with text;
alter table payout add poll_leased_until timestamptz, add poll_failed_with text;
alter table payout_send add leased_until timestamptz, add failed_with text;
alter table webhook_delivery add failed_with text;

grant update (leased_until, failed_with, poll_error) on recharge_order to plaudit_app;
grant update (leased_until, failed_with) on payment_decision, store_finishing, reversal, consumption_request, webhook_event,
    reconciliation_run, clawback to plaudit_app;
grant update (tries, leased_until, failed_with, error) on store_void_poll to plaudit_app;
grant update (maturity_leased_until, maturity_failed_with) on conversion to plaudit_app;
grant update (poll_leased_until, poll_failed_with) on payout to plaudit_app;

-- What a payment is judged by comes with its order: the version of its prices, and why it has those of its region.
create or replace view order_with_quote as
    select o.shard, o.order_id, o.person_id, o.quote_id, o.provider, o.return_url, o.state, o.payment_id, o.checkout_url,
        o.created_at, o.changed_at, o.expires_at, o.polls, q.channel, q.region, q.coins * o.quantity as coins,
        coalesce(o.paid_currency, q.currency) as currency,
        coalesce(o.paid_net_minor, q.net_minor * o.quantity) as net_minor,
        coalesce(o.paid_tax_minor, q.tax_minor * o.quantity) as tax_minor,
        coalesce(o.paid_minor, q.price_minor * o.quantity) as price_minor,
        q.tax_name, q.tax_rate_bps, q.store_fee_bps,
        exists (
            select from payment_problem p
            where p.shard = o.shard and p.order_id = o.order_id and p.resolved_at is null and not p.credited
                and p.paid_minor > 0
        ) as needs_review,
        case when d.outcome <> 'capture' then d.outcome end as refusal,
        case when d.outcome <> 'capture' then d.reasons end as refusal_reasons,
        case when d.outcome <> 'capture' then d.region end as refusal_region,
        o.quantity, o.processing_since, o.locale, q.book_version, q.decision_id
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';

-- One inbox for all providers. An event's id is its provider's; who pays out may have the name of who takes payments, so a
-- side is part of the key as soon as no server of before looks for the one without (a `post` migration).
alter table webhook_event add side text not null default 'payments';
alter table webhook_event add constraint webhook_side_known check (side in ('payments', 'payouts'));
alter table webhook_event add constraint webhook_event_once unique (side, provider, event_id);
comment on column webhook_event.side is 'whom it is for: who takes payments, or who pays out';
-- What servers of before still keep in payout_provider_event they apply themselves; what they had not is applied here, too.
insert into webhook_event (side, provider, event_id, kind, received_at, body, due_at)
select 'payouts', provider, event_id, 'payout', received_at, body, received_at
from payout_provider_event where applied_at is null
on conflict do nothing;

create or replace view stuck_work as
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
        select 'event', null, null, null, null, null, null, provider, event_id, received_at, tries, detail, due_at
        from webhook_event where side = 'payouts' and due_at is not null and failed_with is not null
    ) w;
