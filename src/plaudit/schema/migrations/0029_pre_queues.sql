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
alter table payout_provider_event add leased_until timestamptz, add failed_with text;

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
