-- Each balance equals the sum of its movements in the journal.
with movement as (
    select shard, debit_kind as kind, debit_owner as owner_id, asset, -amount as amount from journal
    union all select shard, credit_kind, credit_owner, asset, amount from journal
), summed as (
    -- A gift balance is kept in the creator's shard, whichever shard the gifts came from.
    select case when kind = 'gift_balance' then shard_of(owner_id) else shard end as shard, kind, owner_id, asset,
        sum(amount) as moved
    from movement group by 1, 2, 3, 4
)
select shard, kind, owner_id, asset, coalesce(b.balance, 0) as balance, coalesce(s.moved, 0) as moved
from balance b full join summed s using (shard, kind, owner_id, asset)
where coalesce(b.balance, 0) <> coalesce(s.moved, 0);
