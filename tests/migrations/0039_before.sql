-- An order on its way.
set session_replication_role = replica;

insert into quote (shard, person_id, quote_id, request, book_version, region, region_source, channel, coins, coins_left_over,
    unused_minor, currency, net_minor, tax_minor, price_minor, tax_name, tax_rate_bps, store_fee_bps, created_at, expires_at)
values (0, 7, '00000000-0000-7000-8000-000000000001', '', 1, 'US', 'default', 'web', 70, 0, 0, 'USD', 74, 0, 74, 'Sales tax', 0, 290,
    '2026-01-01 10:00Z', '2026-01-01 10:15Z');
insert into recharge_order (shard, order_id, person_id, quote_id, provider, return_url, created_at, changed_at, expires_at, poll_at)
values (0, '00000000-0000-7000-8000-000000000002', 7, '00000000-0000-7000-8000-000000000001', 'stripe', '/wallet',
    '2026-01-01 10:01Z', '2026-01-01 10:01Z', '2026-01-01 11:01Z', '2026-01-01 10:02Z');
