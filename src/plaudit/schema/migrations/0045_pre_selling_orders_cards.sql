-- What an order has to do with saved cards: one that pays it, or the consent by which the one that pays it is saved.
alter table recharge_order add card_id uuid;
alter table recharge_order add card_consent_id uuid;
alter table recharge_order add authenticates boolean not null default false;
alter table recharge_order add decline text
    check (decline in ('declined', 'insufficient_funds', 'card_expired', 'not_authenticated'));
alter table recharge_order add constraint order_is_paid_by_own_card
    foreign key (shard, person_id, card_id) references saved_card (shard, person_id, card_id);
alter table recharge_order add constraint order_saves_card_by_consent
    foreign key (shard, person_id, card_consent_id) references card_consent (shard, person_id, consent_id);
alter table recharge_order add constraint order_saves_no_card_it_has check (card_id is null or card_consent_id is null);
comment on column recharge_order.card_id is 'the saved card that pays; null: the provider asks';
comment on column recharge_order.card_consent_id is 'that the card it is paid with is to be saved; null: it is not';
comment on column recharge_order.authenticates is 'whether the buyer''s bank is to ask them even where it need not';
comment on column recharge_order.decline is 'why the card did not pay, as far as its holder may be told';
grant update (decline) on recharge_order to plaudit_app;

-- Buyers are reminded of what they have still to pay elsewhere.
create index recharge_order_with_voucher on recharge_order (shard, person_id) where state = 'pending' and voucher is not null;

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
        o.quantity, o.processing_since, o.locale, q.book_version, q.decision_id, o.voucher, o.method, o.card_id,
        o.card_consent_id, o.authenticates, o.decline
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';
