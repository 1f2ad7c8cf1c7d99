-- A bank account that is paid to.
set session_replication_role = replica;
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, iban, created_at)
values (0, '01900000-0000-7000-8000-000000009002', 90, 'sandbox', 'bank_account', 'Ada', 'DE', 'EUR', 'DE02120300000000202051', now());
