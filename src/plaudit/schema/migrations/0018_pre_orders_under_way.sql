-- Orders whose money is on its way, orders that are over and let go at their provider, and news that never came.

alter table recharge_order
    add column processing_since timestamptz,
    add column locale text not null default 'en' check (locale ~ '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$');
comment on column recharge_order.processing_since is
    'since when the provider says that the buyer has done everything and the money is on its way; null: it does not';
comment on column recharge_order.locale is 'what the checkout is written in';

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
        o.quantity, o.processing_since, o.locale
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';

-- The checkout of an order that is over is called off: payments do not end by themselves at every provider. Whoever
-- agreed before that is judged as ever, so this decision alone may be replaced by another.
alter table payment_decision
    drop constraint payment_decision_outcome_check,
    add constraint decision_outcome_known check (outcome in ('capture', 'reprice', 'ask', 'refuse', 'expire'));

insert into payment_problem_kind (kind, description) values
    ('not_carried_out', 'a payment could not be taken or let go for a long time');

insert into difference_kind (kind, description) values
    ('reversal_open_long', 'money going back has not come to an end for a long time');

-- See lock_money().
create table money_turn (
    shard smallint primary key
);

grant update (processing_since) on recharge_order to plaudit_app;
grant update (outcome, region, reasons, decided_at) on payment_decision to plaudit_app;
