-- Data keys seal what columns hold; here they lie wrapped, by a master key that the database never sees.
create table vault_key (
    key_id bigint generated always as identity primary key,
    purpose text not null check (purpose ~ '^[a-z_]{1,63}(\.[a-z_]{1,63})?$'),
    master text not null check (master ~ '^[0-9a-f]{16}$'),
    wrapped bytea not null check (length(wrapped) = 60),
    made_at timestamptz not null default now(),
    retired_at timestamptz
);
comment on column vault_key.purpose is 'the column that it seals, as table.column; or what is signed with it';
comment on column vault_key.master is 'the name of the master key that wraps it; never the key';
comment on column vault_key.wrapped is 'AES-GCM: 12 bytes of nonce, then the key, bound to its purpose';
comment on column vault_key.retired_at is 'since when it seals nothing new';
create unique index vault_key_current on vault_key (purpose) where retired_at is null;
grant select, insert, delete, update (master, wrapped, retired_at) on vault_key to plaudit_app;

-- Servers of before write secrets in clear; the next that starts seals them.
alter table webhook_secret add column sealed bytea;
alter table webhook_secret alter column secret drop not null;
alter table webhook_secret add constraint webhook_secret_in_clear_or_sealed check (num_nonnulls(secret, sealed) = 1);
comment on column webhook_secret.sealed is 'by the vault';

-- An account sealed by the vault names no key of its own.
alter table payout_method drop constraint payout_method_account_is_sealed;
alter table payout_method add constraint payout_method_account_is_sealed check (
    case when sealed_account is null
        then account_key is null and (iban is null) = (bank_code is not null and account_number is not null)
        else account_ending is not null and num_nonnulls(iban, bank_code, account_number) = 0
    end
);
comment on column payout_method.sealed_account is
    'by the vault; with an account_key, as earlier versions did: AES-GCM, bound to its creator and method';
