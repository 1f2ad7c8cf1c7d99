-- A secret and bank accounts as earlier versions kept them.
set session_replication_role = replica;

insert into webhook_secret (endpoint_id, number, secret, created_at)
values ('01900000-0000-7000-8000-000000006501', 1, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', now());
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, iban, account_ending,
    account_key, sealed_account, created_at)
values
    (0, '01900000-0000-7000-8000-000000006502', 71, 'sandbox', 'bank_account', 'Ada', 'DE', 'EUR', 'DE02120300000000202051',
        null, null, null, now()),
    (0, '01900000-0000-7000-8000-000000006503', 71, 'sandbox', 'bank_account', 'Ada', 'DE', 'EUR', null,
        '2051', '0123456789abcdef', '\x00', now());
