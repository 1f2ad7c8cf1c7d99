-- Each grant is a promotional lot of the same person, coins, time and end.
select g.shard, g.grant_id, g.person_id, g.coins, l.viewer_id, l.kind, l.coins as lot_coins
from coin_grant g left join lot l on l.shard = g.shard and l.lot_id = g.grant_id
where (l.viewer_id, l.kind, l.coins, l.created_at) is distinct from (g.person_id, 'promotional', g.coins, g.granted_at)
    or l.expires_at is distinct from g.expires_at;
