-- A brake has counted in its windows what the gifts of its wallets are worth.
-- Two servers' clocks may differ by less than a minute where a window begins.
with counting as (
    select b.id, b, array_agg(w.viewer_id) as members, case when b.is_shared then b.given else max(given_of(w)) end as given,
        count(*) as wallets
    from brake b left join wallet w on w.brake_id = b.id group by b.id
)
select c.id, n.name, c.given - n.mark as counted, given_by(c.members, n.since, c.b) as given
from counting c
cross join lateral (values
    ('session', (c.b).session_mark, (c.b).session_since), ('day', (c.b).day_mark, (c.b).day_since),
    ('week', (c.b).week_mark, (c.b).week_since), ('month', (c.b).month_mark, (c.b).month_since)
) n (name, mark, since)
where not coalesce(c.given - n.mark between given_by(c.members, n.since, c.b)
    and given_by(c.members, n.since - interval '1 minute', c.b), false)
union all
select c.id, 'wallets', c.wallets, null from counting c where ((c.b).is_shared) <> (c.wallets > 1)
union all
select w.viewer_id, 'brake', null, null from wallet w where w.brake_id is not null
    and not exists (select from brake b where b.id = w.brake_id)
union all
select c.brake_id, 'creator', c.given, f.given
from brake_creator c join counting n on n.id = c.brake_id and (n.b).creator_max is not null and c.since = (n.b).month_since
cross join lateral (
    select coalesce(sum(f.worth), 0) as given
    from unnest(n.members) m cross join lateral gifts_since(shard_of(m), m, c.since) g
    cross join lateral worth_from(shard_of(m), m, g.spent_before, g.coins, (n.b).currency, (n.b).coin_worth) f
    where g.creator_id = c.creator_id
) f where f.given <> c.given
