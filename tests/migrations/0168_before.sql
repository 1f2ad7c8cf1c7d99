-- A bank account in clear, and a sealed one.
insert into payout_account_key (key_id, added_at) values ('0123456789abcdef', '2020-01-01 00:00Z');
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, iban, created_at) values
    (0, '0190a000-0000-7000-8000-000000000001', 7, 'manual', 'bank_account', 'Ada', 'DE', 'EUR', 'DE89370400440532013000',
        '2020-01-01 00:00Z');
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, account_ending, sealed_account,
    created_at) values
    (0, '0190a000-0000-7000-8000-000000000002', 7, 'manual', 'bank_account', 'Ada', 'DE', 'EUR', '3000', '\x00', '2020-01-01 00:00Z')
