-- Each method at a provider that keeps an account for its creator has its connection, of the same creator; and nothing was
-- asked for before that account was made.
select m.shard, m.id as method_id, m.creator_id, c.creator_id as connected_to, c.account, p.id as payout_id
from payout_method m
left join payout_connection c on c.shard = m.shard and c.method_id = m.id
left join payout p on p.shard = m.shard and p.method_id = m.id and m.holder_name <> ''
where m.kind = 'stripe_account' and (c.creator_id is distinct from m.creator_id or p.id is not null and c.account is null);
