-- Each undelivered batch holds exactly the lines of gifts that were charged into it.
select b.shard, b.creator_shard, b.batch_no, b.gifts, b.coins, g.gifts as gifts_charged, g.coins as coins_charged
from gift_batch b
left join lateral (
    select count(*) as gifts, sum(coins) as coins from gift_part p
    where p.shard = b.shard and p.creator_shard = b.creator_shard and p.batch_no = b.batch_no
) g on true
where b.gifts is distinct from g.gifts or b.coins is distinct from g.coins
    or b.coins <> (select sum(share_coins) from unnest(b.lines || b.unshown));
