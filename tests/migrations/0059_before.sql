-- Coins that came out of nothing, into a wallet of somebody and one of nobody.
set session_replication_role = replica;

insert into lot (shard, lot_id, viewer_id, kind, coins, created_at)
values (0, '00000000-0000-0000-0000-000000009402', 9402, 'promotional', 5, now());
insert into transfer (shard, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount, posted_at)
values (0, '00000000-0000-0000-0000-000000009402', 'promotion', 'coins_issued', 0, 'wallet', 9402, 'COIN', 5, now()),
    (0, '00000000-0000-0000-0000-000000009400', 'promotion', 'coins_issued', 0, 'wallet', 0, 'COIN', 5, now());
