-- Each wallet's gifts lie end to end on the spent part of its strip: no coin was spent twice, none was skipped.
with ordered as (
    select shard, viewer_id, id, spent_before, coins,
        coalesce(lag(spent_before + coins) over w, 0) as expected
    from gift window w as (partition by shard, viewer_id order by spent_before)
)
select shard, viewer_id, id, spent_before, expected from ordered where spent_before <> expected
union all
select shard, viewer_id, null, w.spent, coalesce(g.coins, 0)
from wallet w left join (select shard, viewer_id, sum(coins) as coins from gift group by 1, 2) g using (shard, viewer_id)
where w.spent <> coalesce(g.coins, 0);
