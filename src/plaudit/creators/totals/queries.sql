-- Sums of what creators received. Only the follower writes them, one process a shard at a time.

-- name: make_totals
insert into creator_total (shard, creator_id, by, day, key)
select $1, u.creator_id, u.by, u.day, u.key from unnest($2::bigint[], $3::text[], $4::date[], $5::bigint[]) as u (creator_id, by, day, key)
on conflict do nothing;

-- name: add_to_totals
update creator_total t
set gifts = t.gifts + u.gifts, coins_received = t.coins_received + u.received, coins_taken_back = t.coins_taken_back + u.taken
from unnest($2::bigint[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
    as u (creator_id, by, day, key, gifts, received, taken)
where t.shard = $1 and t.creator_id = u.creator_id and t.by = u.by and t.day = u.day and t.key = u.key;

-- name: forget_totals
delete from creator_total;

-- name: totals_by_day -> Total
select day, key, gifts, coins_received, coins_taken_back from creator_total
where shard = $1 and creator_id = $2 and by = 'day' and day between $3 and $4
order by day;

-- name: totals_of -> Total
select null::date as day, key, sum(gifts)::bigint as gifts, sum(coins_received)::bigint as coins_received,
    sum(coins_taken_back)::bigint as coins_taken_back
from creator_total
where shard = $1 and creator_id = $2 and by = $3 and key = any ($4::bigint[])
group by key;

-- name: totals_by -> Total
select null::date as day, key, sum(gifts)::bigint as gifts, sum(coins_received)::bigint as coins_received,
    sum(coins_taken_back)::bigint as coins_taken_back
from creator_total
where shard = $1 and creator_id = $2 and by = $3 and day between $4 and $5
group by key
order by case when $7 then sum(gifts) else sum(coins_received - coins_taken_back) end desc, key limit $6;
