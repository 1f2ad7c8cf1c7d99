-- Grants: coins operators give away.

-- name: lock_grants
-- One at a time, so that the limits of a day hold: grants are rare.
select pg_advisory_xact_lock(hashtext('plaudit.grants'));

-- name: find_grant -> Grant
-- By the id alone, in every shard.
select g.grant_id, g.person_id, g.coins, g.reason, g.expires_at, g.granted_by, g.granted_at, s.unspent, s.expired
from generate_series(0, (select shards - 1 from ledger_setting)) as n (shard)
join coin_grant g on g.shard = n.shard and g.grant_id = $1
join lot_state s on s.shard = g.shard and s.lot_id = g.grant_id;

-- name: granted_today
-- Coins given since a moment: by an operator, and to a person.
select
    coalesce((select sum(coins) from coin_grant where granted_by = $1 and granted_at >= $3), 0)::bigint as by_operator,
    coalesce((
        select sum(coins) from coin_grant where shard = shard_of($2) and person_id = $2 and granted_at >= $3
    ), 0)::bigint as to_person;

-- name: fund
-- The viewer's screens are told at the commit; without the notification they would find out by polling.
select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4, $5),
    pg_notify('plaudit_wallets', ':' || $1::bigint);

-- name: add_grant
insert into coin_grant (shard, grant_id, person_id, coins, reason, expires_at, granted_by, granted_at, decision_id)
values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8);

-- name: needs_two
select grant_needs_two($1, $2, $3);

-- name: grants -> Grant
-- Newest first, of everybody or of one person or operator.
select g.grant_id, g.person_id, g.coins, g.reason, g.expires_at, g.granted_by, g.granted_at, s.unspent, s.expired
from coin_grant g join lot_state s on s.shard = g.shard and s.lot_id = g.grant_id
where ($1::bigint is null or (g.shard = shard_of($1) and g.person_id = $1))
    and ($2::bigint is null or g.granted_by = $2)
    and (g.granted_at, g.grant_id) < ($3, $4)
order by g.granted_at desc, g.grant_id desc limit $5;
