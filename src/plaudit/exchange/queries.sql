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

-- What coins bring, held against what can be paid out for them

-- name: lock_margin
-- Of two publications at once the second sees what the first decided. Until the commit.
select pg_advisory_xact_lock(hashtext('plaudit.margin'))

-- name: sold_below_payout -> Loss
select from_at, book_version, region, channel, coins, is_package, place, currency, net_minor, payout_minor, payout_currency,
    rule_version, rate_version
from sold_below_payout($1, $2, $3)

-- name: pays_more
-- Whether anybody can be paid more since there are a rule ($2), or a rate ($3).
select exists (
    select from best_payouts($1, null, null, null) b
    left join best_payouts($1, null, $2, $3) w using (version)
    where b.cents > coalesce(w.cents, 0)
)

-- name: draft_pays_more
-- Whether anybody could be paid more if there were a rule, or a rate, of a draft ($2).
select exists (
    select from best_payouts($1, $2, null, null) b
    left join best_payouts($1, null, null, null) w using (version)
    where b.cents > coalesce(w.cents, 0)
)

-- name: is_worth_known
-- Whether anybody says what a currency is worth: reference rates, or a book that holds now or later.
select exists (
    select from currency_worth(null) where currency = $1
    union all
    select from books_from($2, null) b cross join lateral currency_worth(b.rates) w where w.currency = $1
)
