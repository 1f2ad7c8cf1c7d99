-- Creators are paid to more than bank accounts: a Stripe account of their own, and PayPal.

alter table payout_method drop constraint payout_method_kind_check;
alter table payout_method add constraint payout_method_kind_check check (kind in ('bank_account', 'stripe_account', 'paypal'));

-- Each kind has what it needs: a bank account its numbers, PayPal its receiver, both sealed; a Stripe account has nothing that
-- is secret here, and its connection instead.
alter table payout_method drop constraint payout_method_account_is_sealed;
alter table payout_method add constraint payout_method_account_is_sealed check (
    case when kind <> 'bank_account'
        then sealed_account is not null and account_key is null and account_ending is not null
            and num_nonnulls(iban, bank_code, account_number) = 0 and (kind <> 'stripe_account' or sealed_account = '')
        when sealed_account is null
        then account_key is null and (iban is null) = (bank_code is not null and account_number is not null)
        else account_ending is not null and num_nonnulls(iban, bank_code, account_number) = 0
    end
);
alter table payout_method add constraint payout_method_of_kind unique (shard, id, kind);
comment on column payout_method.account_ending is
    'what of the account may be shown: its last four characters; of a mail address its first letter and where it is';

alter table payout_terms drop constraint payout_terms_method_kind_check;
alter table payout_terms add constraint payout_terms_method_kind_check
    check (method_kind in ('bank_account', 'stripe_account', 'paypal'));
comment on column payout_terms.method_kind is
    'what of it has no terms of its own is paid by those of bank accounts';

-- An account of a creator at a provider, which asks them itself for what it must know.
create table payout_connection (
    shard smallint not null,
    method_id uuid not null,
    creator_id bigint not null,
    kind text not null default 'stripe_account' check (kind = 'stripe_account'),
    account text unique check (account <> ''),
    state text not null default 'opening' check (state in ('opening', 'onboarding', 'needs_information', 'ready', 'closed')),
    needs text[] not null default '{}',
    needs_by timestamptz,
    changed_at timestamptz not null,
    primary key (shard, method_id),
    foreign key (shard, method_id, kind) references payout_method (shard, id, kind),
    check (account is not null or state in ('opening', 'closed')),
    check (account is null or state <> 'opening')
);
comment on table payout_connection is 'accounts of creators at a provider: whether money can go there, as the provider said last';
comment on column payout_connection.account is 'the provider''s name of it; null: it was not made yet';
comment on column payout_connection.needs is 'what the provider still asks for, in its own words; empty: nothing';
comment on column payout_connection.needs_by is 'until when it has to have that; null: it names no day';
grant select, insert, update (account, state, needs, needs_by, changed_at) on payout_connection to plaudit_app;

-- Why a payout that its provider has does not go on, and until when.
alter table payout
    add column provider_wait text constraint payout_provider_wait_check
        check (provider_wait in ('unclaimed', 'held', 'funds', 'account')),
    add column provider_wait_until timestamptz,
    add column provider_arrives_on date,
    add constraint payout_waits_while_sent check (
        (state = 'sent' or provider_wait is null) and (provider_wait is not null or provider_wait_until is null));
comment on column payout.provider_wait is
    'unclaimed: the receiver has to take it; held: the provider looks at it; funds: the money is on its way within the '
    'provider; account: the receiver''s account takes no money now; null: it goes its way';
comment on column payout.provider_arrives_on is 'when it arrives, as the provider says; null: it does not say';
grant update (provider_wait, provider_wait_until, provider_arrives_on) on payout to plaudit_app;

alter table payout_send add column called_at timestamptz;
comment on column payout_send.called_at is 'since when a provider may have got it; null: it was told before this was kept, or not yet';

create or replace view payout_shown as
    select p.shard, p.id, p.creator_id, p.quote_id, p.method_id, p.provider, p.diamonds, p.currency, p.gross_minor, p.fee_minor,
        p.net_minor, p.state, p.previous_state, p.reason, p.requested_at, p.changed_at, p.provider_reference, p.poll_at, p.polls,
        p.attention, p.poll_error, m.holder_name, m.country,
        coalesce(m.account_ending, right(coalesce(m.iban, m.account_number), 4)) as account_ending,
        s.attempts as send_attempts, s.last_error as send_error, coalesce(s.called, false) as send_called,
        i.export_number, m.kind as method_kind, p.provider_wait, p.provider_wait_until, p.provider_arrives_on
    from payout p
    join payout_method m on m.shard = p.shard and m.id = p.method_id
    left join payout_send s on s.shard = p.shard and s.payout_id = p.id
    left join payout_export_item i on i.shard = p.shard and i.payout_id = p.id;
