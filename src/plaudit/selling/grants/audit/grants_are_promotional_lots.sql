-- Each grant is a promotional lot of the same person, coins, time and end, and each promotional lot and movement is a grant.
select shard, coalesce(g.grant_id, l.lot_id, t.reference) as grant_id, g.person_id, g.coins, l.viewer_id, l.kind,
    l.coins as lot_coins, t.credit_owner, t.amount
from coin_grant g
full join (select *, lot_id as grant_id from lot where kind = 'promotional') l using (shard, grant_id)
full join (select *, reference as grant_id from transfer where reason = 'promotion') t using (shard, grant_id)
where (l.viewer_id, l.coins, l.created_at) is distinct from (g.person_id, g.coins, g.granted_at)
    or l.expires_at is distinct from g.expires_at or (t.credit_owner, t.amount) is distinct from (g.person_id, g.coins);
