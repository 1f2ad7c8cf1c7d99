-- Payouts people make by hand: sealed bank accounts, exports with who read them, outcomes with the bank's reference.

-- Bank accounts are sealed by the application with a key the database does not have. Those kept in clear so far are
-- sealed by the first server that starts; the columns in clear are for code older than this.
create table payout_account_key (
    key_id text primary key check (key_id ~ '^[0-9a-f]{16}$'),
    added_at timestamptz not null
);
comment on table payout_account_key is 'names of the keys bank accounts are sealed with; never the keys';

alter table payout_method
    add account_ending text,
    add account_key text references payout_account_key (key_id),
    add sealed_account bytea,
    drop constraint payout_method_check,
    add constraint payout_method_account_is_sealed check (
        case when sealed_account is null
            then account_key is null and (iban is null) = (bank_code is not null and account_number is not null)
            else account_key is not null and account_ending is not null and num_nonnulls(iban, bank_code, account_number) = 0
        end
    );
comment on column payout_method.account_ending is 'what of the account may be shown: its last four characters';
comment on column payout_method.sealed_account is
    'AES-GCM: 12 bytes of nonce, then the account as JSON, bound to its creator and method';
create index payout_method_in_clear on payout_method (shard, id) where sealed_account is null;

-- An approved payout that no provider and nobody at a bank was ever told of can still be refused.
insert into payout_transition (from_state, to_state) values ('approved', 'refused');
alter table payout_send add called boolean not null default false;
comment on column payout_send.called is 'a provider may have got it; raised and committed before the provider is called';
update payout_send set called = true where attempts > 0 and coalesce(last_error, '') not like 'there is no provider %';

-- What is to be paid by hand goes out in numbered exports; a payout is in one at most.
create table payout_export (
    number integer primary key check (number > 0),
    id uuid not null unique,
    currency text check (currency ~ '^[A-Z]{3}$'),
    exported_at timestamptz not null,
    exported_by bigint not null
);
comment on column payout_export.id is 'made by the caller: the idempotency key';
comment on column payout_export.currency is 'what was asked for; null: every currency';

create table payout_export_item (
    shard smallint not null,
    payout_id uuid not null,
    export_number integer not null references payout_export (number),
    primary key (shard, payout_id),
    foreign key (shard, payout_id) references payout (shard, id)
);
create index payout_export_item_by_export on payout_export_item (export_number);

-- Every time account numbers left the house: which, to whom, when. Written and committed before they do.
create table payout_export_download (
    id bigint generated always as identity primary key,
    export_number integer not null references payout_export (number),
    downloaded_at timestamptz not null,
    downloaded_by bigint not null
);
create index payout_export_download_by_export on payout_export_download (export_number, id);

-- What became of an exported payout, as an operator read it at the bank.
create table payout_bank_outcome (
    shard smallint not null,
    payout_id uuid not null,
    outcome text not null check (outcome in ('paid', 'failed', 'returned')),
    reference text not null check (reference <> ''),
    reason text,
    recorded_at timestamptz not null,
    recorded_by bigint not null,
    primary key (shard, payout_id, outcome),
    foreign key (shard, payout_id) references payout_export_item (shard, payout_id),
    check ((outcome = 'paid') = (reason is null))
);
create unique index payout_bank_outcome_is_one on payout_bank_outcome (shard, payout_id) where outcome in ('paid', 'failed');
comment on column payout_bank_outcome.reference is 'the bank''s own name of the transfer';

create index payout_to_export on payout (provider, requested_at, id) where state = 'approved';

drop view payout_shown;
create view payout_shown as
    select p.*, m.holder_name, m.country,
        coalesce(m.account_ending, right(coalesce(m.iban, m.account_number), 4)) as account_ending,
        s.attempts as send_attempts, s.last_error as send_error, coalesce(s.called, false) as send_called,
        i.export_number
    from payout p
    join payout_method m on m.shard = p.shard and m.id = p.method_id
    left join payout_send s on s.shard = p.shard and s.payout_id = p.id
    left join payout_export_item i on i.shard = p.shard and i.payout_id = p.id;

grant select, insert on payout_account_key, payout_export, payout_export_item, payout_export_download, payout_bank_outcome
    to plaudit_app;
grant update (iban, bank_code, account_number, account_ending, account_key, sealed_account) on payout_method to plaudit_app;
grant update (provider) on payout to plaudit_app;
grant select on payout_shown to plaudit_app;
