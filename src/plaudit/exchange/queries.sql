-- Reference rates by day.

-- name: rates_for -> RateRow
-- Those of the first day on or after $1 that has some; until there is one, the latest before.
select day, currency, per_euro from exchange_rate
where day = coalesce((select min(day) from exchange_rate where day >= $1), (select max(day) from exchange_rate))

-- name: newest_rates -> RateRow
select day, currency, per_euro from exchange_rate where day = (select max(day) from exchange_rate)

-- name: known_days
select distinct day from exchange_rate

-- name: rates_around -> RateRow
select day, currency, per_euro from exchange_rate
where day between coalesce((select max(day) from exchange_rate where day < $1), $1)
    and coalesce((select min(day) from exchange_rate where day > $2), $2)
order by day

-- name: newest_day
select max(day) from exchange_rate

-- name: write_rates
-- What is known of a day stays as it was published.
insert into exchange_rate (day, currency, per_euro, source, recorded_at)
select r.day, r.currency, r.per_euro, $4, $5
from unnest($1::date[], $2::text[], $3::numeric[]) as r (day, currency, per_euro)
order by r.day, r.currency
on conflict do nothing
