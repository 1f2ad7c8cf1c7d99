-- A buyer may be done at the checkout and still have to pay elsewhere: at a till, or by their bank, within days.
alter table recharge_order add voucher jsonb;
alter table recharge_order add constraint voucher_says_what_is_missing check (
    voucher is null or (
        (voucher ->> 'missing_minor')::bigint >= 0 and length(voucher ->> 'method') > 0
        and jsonb_typeof(voucher -> 'numbers') = 'array'));
comment on column recharge_order.voucher is
    'what the buyer pays with elsewhere, once the checkout is done: numbers, until when, and how much is missing';

-- Which of a provider's methods was chosen here by name.
alter table recharge_order add method text check (method ~ '^[a-z0-9_]{1,40}$');
comment on column recharge_order.method is 'chosen by name before the checkout; null: the provider''s own page asks';
grant update (voucher) on recharge_order to plaudit_app;

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
        o.quantity, o.processing_since, o.locale, q.book_version, q.decision_id, o.voucher, o.method
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';
