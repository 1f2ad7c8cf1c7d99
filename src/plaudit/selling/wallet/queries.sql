-- name: find_wallet -> Wallet
select coins, spent, held, brake_id is not null as has_brake from wallet where shard = $1 and viewer_id = $2

-- name: open_lots -> OpenLot
select greatest(s.start_coin, $3) as start_coin, s.end_coin - greatest(s.start_coin, $3) as unspent,
    l.lot_id, l.kind, l.coins, l.price_minor, l.currency, l.created_at, l.expires_at
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3
order by s.end_coin limit $4

-- name: unspent_kinds -> UnspentKind
-- Few rows however many lots there are, and each an exact fraction.
select l.kind, l.price_minor, l.currency, l.coins, l.expires_at,
    sum(s.end_coin - greatest(s.start_coin, $3))::bigint as unspent
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3
group by l.kind, l.price_minor, l.currency, l.coins, l.expires_at
order by l.expires_at, l.currency, l.price_minor, l.coins

-- name: history_lots
select lot_id, kind, coins, price_minor, currency, created_at, coins_expired from lot
where shard = $1 and viewer_id = $2 and ($3::uuid is null or lot_id <= $3)
order by lot_id desc limit $4

-- columns: gift
g.id, g.creator_id, g.room_id, g.video_id, g.position_ms, g.message, g.item_id, g.count, g.coins, g.charged_at, g.spent_before

-- columns: gift_entry
g.id, g.creator_id, g.room_id, r.title as room_title, g.video_id, title_known_to(w, $2, $4) as video_title,
    coalesce(w.state = 'deleted', false) as video_gone, g.position_ms, g.message, d.removed_by as message_removed_by,
    g.item_id, v.name as item_name, coalesce(nullif(v.still, ''), v.art) as item_art, g.count, g.coins, g.charged_at

-- columns: gift_names
left join room r on r.id = g.room_id left join video w on w.id = g.video_id
left join message_removal d on d.shard = $1 and d.viewer_id = $2 and d.gift_id = g.id
left join lateral item_shown(g.item_id, g.coins / g.count, g.charged_at) v on true

-- name: history_gifts
-- In the order in which they were charged, from $3 on. $4: now.
select {gift_entry}
from (select {gift} from gifts_of($1, $2, $3, 0) g limit $5) g {gift_names}
order by g.spent_before desc

-- name: gift_entry
select {gift_entry}
from gift g {gift_names}
where g.shard = $1 and g.viewer_id = $2 and g.id = $3

-- name: gifts_of_lot
-- What it paid for in whole or in part: each interval of the spent strip is walked by itself.
select {gift_entry}
from (
    select distinct on (g.spent_before) {gift}
    from strip s cross join lateral (select {gift} from gifts_between($1, $2, s.start_coin, s.end_coin) g limit $5) g
    where s.shard = $1 and s.viewer_id = $2 and s.lot_id = $3
    order by g.spent_before desc limit $5
) g {gift_names}
order by g.spent_before desc

-- name: gift_lots -> LotPart
-- Which lots paid for gifts: the stretch of the strip each gift spent, cut by the lots' intervals.
select g.id as gift_id, l.lot_id, l.kind, l.coins as lot_coins, l.price_minor, l.currency,
    sum(least(s.end_coin, g.spent_before + g.coins) - greatest(s.start_coin, g.spent_before))::bigint as coins,
    sum(coalesce((
        select sum(least(c.end_coin, s.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, s.start_coin, g.spent_before))
        from reversed_strip c
        where c.shard = g.shard and c.viewer_id = g.viewer_id
            and c.start_coin < least(s.end_coin, g.spent_before + g.coins)
            and c.end_coin > greatest(s.start_coin, g.spent_before)
    ), 0))::bigint as coins_reversed
from gift g
join strip s on s.shard = g.shard and s.viewer_id = g.viewer_id
    and s.start_coin < g.spent_before + g.coins and s.end_coin > g.spent_before
    and s.start_coin >= (
        select max(b.start_coin) from strip b
        where b.shard = g.shard and b.viewer_id = g.viewer_id and b.start_coin <= g.spent_before)
join lot l on l.shard = s.shard and l.viewer_id = s.viewer_id and l.lot_id = s.lot_id
where g.shard = $1 and g.viewer_id = $2 and g.id = any ($3::uuid[])
group by g.id, l.lot_id, l.kind, l.coins, l.price_minor, l.currency
order by g.id, min(s.start_coin)
