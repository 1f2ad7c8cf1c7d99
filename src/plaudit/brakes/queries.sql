-- Brakes: what people say of their own limits and breaks.

-- name: set_limit
select set_limit(
    row($1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $9, null, null, false)::brake_limit, $10, $11, $12, $13);

-- name: withdraw_limit
select withdraw_limit($1, $2, $3);

-- name: set_pause
select set_pause($1, $2, $3, $4, $5, $6, $7, null);

-- name: lay_due_brakes
select lay_due_brakes($1, $2);

-- name: terms_of -> Terms
select currency, time_zone from brake_terms where person_id = $1;

-- name: said_limits -> Said
-- What holds of each kind, and what waits.
select l.kind, l.amount_minor, l.minutes, l.night_from_minute, l.night_to_minute, l.night_asks, l.effective_at, true as holds
from limits_in_force($1, $2) l
union all
select l.kind, l.amount_minor, l.minutes, l.night_from_minute, l.night_to_minute, l.night_asks, l.effective_at, false
from brake_limit l
where l.person_id = $1 and not l.is_laid and l.withdrawn_at is null and l.effective_at > $2
order by kind, holds desc;

-- name: raise_delays
select name, seconds from brake_rule where name <> 'session_gap';

-- name: pause_of -> Pause
-- The one that ends last.
select p.kind, p.ends_at from brake_pause p
where p.person_id = any (spending_accounts($1)) and p.ends_at > $2 order by p.ends_at desc limit 1;

-- name: is_excluded
select exists (
    select from brake_pause p where p.person_id = any (spending_accounts($1)) and p.kind = 'exclusion' and p.ends_at > $2);

-- columns: brake
b.currency, b.coin_worth, nullif(b.stopped_until, 'infinity') as stopped_until,
coalesce(b.stopped_until = 'infinity', false) as is_stopped, b.day_max, b.week_max, b.month_max, b.session_max, b.remind_each, b.night_since,
b.night_until, b.night_asks, b.session_since, (
    select min(l.minutes) from unnest(spending_accounts($1)) p cross join lateral limits_in_force(p, $2) l
    where l.kind = 'remind_minutes'
) as remind_minutes, b.given - b.session_mark as session_given, b.given - b.day_mark as day_given, b.day_since,
b.day_until, b.given - b.week_mark as week_given, b.week_since, b.week_until, b.given - b.month_mark as month_given,
b.month_since, b.month_until, spending_accounts($1) as accounts

-- name: find_brake -> Brake
select {brake} from brake_of($1, $2) b where b.id is not null;

-- name: lock_brake -> Brake
-- It stays as it is until the transaction ends.
select {brake} from lock_brake($1, $2) b where b.id is not null;

-- name: set_guardian_limit
select set_guardian_limit(row($1, 0, $2, $3, $4, $5, $6, $7, $8, false)::guardian_limit, $9, $10, $11);

-- name: stop_spending
select stop_spending($1, $2, $3, $4, $5, $6);

-- name: let_spend
select let_spend($1, $2, $3, $4);

-- name: guardian_limits -> GuardianLimit
-- What guardians set somebody, that holds.
select l.set_by, l.kind, l.amount_minor, l.night_from_minute, l.night_to_minute, l.set_at from guardian_limit l
where l.person_id = $1 and not l.is_over and (l.amount_minor is not null or l.night_from_minute is not null)
order by l.set_by, l.kind;

-- name: stopped_by
select coalesce(array_agg(set_by order by set_by), '{}') from guardian_stop where person_id = $1 and ended_at is null;

-- name: is_pause
select exists (select from brake_pause where id = $1);
