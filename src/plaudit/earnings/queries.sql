-- Statements of creators: making them, and reading them.

-- name: shards_to_sum -> Position
select generate_series(0, shards - 1)::smallint as shard from ledger_setting

-- name: sum_earnings
-- The month that was summed; null: none is over.
select sum_earnings($1, $2)

-- name: issue_statements -> IssuedStatement
select s.year, s.number, s.shard, s.creator_id, s.month, s.edition, s.issued_at
from issue_statements($1, $2, $3, $4, $5, $6) s

-- name: correct_statements -> IssuedStatement
select s.year, s.number, s.shard, s.creator_id, s.month, s.edition, s.issued_at
from correct_statements($1, $2, $3, $4, $5, $6, $7) s order by s.number

-- name: allow_long
-- Plans are made for each call: tables grow by orders of magnitude between two of them.
select set_config('plan_cache_mode', 'force_custom_plan', true)

-- columns: statement
s.year, s.number, s.shard, s.creator_id, s.month, s.edition, s.issued_at, s.issuer_name, s.issuer_address, s.issuer_tax_id,
s.creator_name, s.reason, s.hash,
(select b.year || '-S' || lpad(b.number::text, 6, '0') from earnings_statement b
    where (b.shard, b.creator_id, b.month, b.edition) = (s.shard, s.creator_id, s.month, s.edition - 1)) as corrects,
(select a.year || '-S' || lpad(a.number::text, 6, '0') from earnings_statement a
    where (a.shard, a.creator_id, a.month, a.edition) = (s.shard, s.creator_id, s.month, s.edition + 1)) as corrected_by

-- name: find_statement -> Statement
-- Of one creator, or of anybody.
select {statement}
from earnings_statement s where s.year = $1 and s.number = $2 and ($3::bigint is null or s.creator_id = $3)

-- name: statements_of_creator -> Statement
-- The latest month first, of each month the last edition first.
select {statement}
from earnings_statement s
where s.creator_id = $1 and (s.month, s.edition) < ($2, $3)
order by s.month desc, s.edition desc limit $4

-- name: statements_of_year -> Statement
-- Of the months of one year.
select {statement}
from earnings_statement s
where s.creator_id = $1 and s.month >= make_date($2, 1, 1) and s.month < make_date($2 + 1, 1, 1)
order by s.month, s.edition limit $3

-- name: all_statements -> Statement
-- The newest first; of one creator and one month, or of all.
select {statement}
from earnings_statement s
where (s.year, s.number) < ($1, $2) and ($3::bigint is null or s.creator_id = $3) and ($4::date is null or s.month = $4)
order by s.year desc, s.number desc limit $5

-- name: sums -> Sums
select m.gifts, m.received_coins, m.promotional_coins, m.opening_coins, m.coins_in, m.coins_out, m.closing_coins,
    m.opening_pending, m.pending_in, m.pending_out, m.closing_pending, m.opening_available, m.available_in, m.available_out,
    m.closing_available, m.opening_in_payout, m.in_payout_in, m.in_payout_out, m.closing_in_payout
from earnings_month m where (m.shard, m.creator_id, m.month, m.edition) = ($1, $2, $3, $4)

-- name: lines -> Line
select l.line, l.reason, l.movements, l.coins, l.pending, l.available, l.in_payout, l.rule_version,
    r.denominator as coins_per_rule, r.numerator as diamonds_per_rule, l.payout_id, l.at, l.currency, l.gross_minor, l.fee_minor,
    l.net_minor, l.rate_version, p.numerator as rate_minor, p.denominator as rate_diamonds
from earnings_line l
left join reward_rule r on r.version = l.rule_version
left join payout_rate p on p.version = l.rate_version
where (l.shard, l.creator_id, l.month, l.edition) = ($1, $2, $3, $4)
order by l.line limit $5

-- name: places -> Place
-- Rooms and videos with most coins; beyond $5 they are one, without a number.
with place as (
    select g.place_id, g.is_video, sum(g.gifts)::bigint as gifts,
        coalesce(sum(g.coins) filter (where g.kind = 'paid'), 0)::bigint as paid_coins,
        coalesce(sum(g.coins) filter (where g.kind = 'promotional'), 0)::bigint as promotional_coins,
        row_number() over (order by sum(g.coins) desc, g.place_id) as rank
    from earnings_gift g where (g.shard, g.creator_id, g.month, g.edition) = ($1, $2, $3, $4)
    group by g.place_id, g.is_video
)
select case when p.rank <= $5 then p.place_id else 0 end as place_id, p.rank <= $5 and p.is_video as is_video,
    min(case when p.rank > $5 then null when p.is_video then v.published_at else coalesce(r.started_at, r.created_at) end) as began_at,
    sum(p.gifts)::bigint as gifts, sum(p.paid_coins)::bigint as paid_coins, sum(p.promotional_coins)::bigint as promotional_coins
from place p
left join room r on not p.is_video and r.id = p.place_id
left join video v on p.is_video and v.id = p.place_id
group by 1, 2
order by min(p.rank)

-- name: countries -> Country
select c.country, c.opening_coins, c.coins_in, c.coins_out, c.closing_coins, c.diamonds
from earnings_country c where (c.shard, c.creator_id, c.month, c.edition) = ($1, $2, $3, $4)
order by c.coins_in desc, c.country limit $5

-- A year as tax offices ask for it

-- name: months_open
-- Shards whose months until the end of a year are not summed yet.
select count(*)
from ledger_setting l
cross join generate_series(0, l.shards - 1) as s (shard)
join earnings_position p on p.shard = s.shard
where p.month < make_date($1 + 1, 1, 1)

-- name: paid_in_year -> PaidDay
-- What was paid to creators and did not come back since, by day (UTC) and currency.
with last as (
    select distinct on (m.shard, m.creator_id, m.month) m.shard, m.creator_id, m.month, m.edition
    from earnings_month m where m.month >= make_date($1, 1, 1)
    order by m.shard, m.creator_id, m.month, m.edition desc
), moved as (
    select l.creator_id, l.reason, l.payout_id, l.at, l.currency, l.gross_minor, l.fee_minor
    from earnings_line l join last using (shard, creator_id, month, edition)
    where l.payout_id is not null
)
select p.creator_id, (p.at at time zone 'UTC')::date as day, p.currency, count(*) as payouts,
    sum(p.gross_minor)::bigint as gross_minor, sum(p.fee_minor)::bigint as fee_minor
from moved p
where p.reason = 'payout_paid' and p.at < month_begins(make_date($1 + 1, 1, 1))
    and not exists (select from moved r where r.payout_id = p.payout_id and r.reason = 'payout_returned' and r.at >= p.at)
group by 1, 2, 3
order by 1, 2, 3

-- name: gifts_in_year -> GiftQuarter
select m.creator_id, extract(quarter from m.month)::integer as quarter, sum(m.gifts)::bigint as gifts
from (
    select distinct on (shard, creator_id, month) creator_id, month, gifts from earnings_month
    where month >= make_date($1, 1, 1) and month < make_date($1 + 1, 1, 1)
    order by shard, creator_id, month, edition desc
) m
where m.gifts > 0
group by 1, 2 order by 1, 2

-- name: threshold -> Threshold
-- That which holds for a year.
select form, amount_minor, reached, gifts_over, source from earnings_threshold
where form = $1 and from_year <= $2 order by from_year desc limit 1
