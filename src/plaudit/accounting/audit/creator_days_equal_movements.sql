-- What creators had of diamonds at the end of each closed day is what the books say again now, and each day opens as one closed.
with moved as (
    select shard, (posted_at at time zone 'UTC')::date as day,
        case when debit_kind in ('diamonds_issued', 'diamonds_redeemed') then amount else -amount end as diamonds
    from transfer
    where debit_kind in ('diamonds_issued', 'diamonds_redeemed') or credit_kind in ('diamonds_issued', 'diamonds_redeemed')
), found as (
    select d.shard, d.day, sum(m.diamonds) as diamonds
    from accounting_creator_day d left join moved m on m.shard = d.shard and m.day <= d.day group by d.shard, d.day
), written as (
    select d.*, lag(closing_diamonds, 1, 0::bigint) over same as closed_diamonds,
        lag(closing_minor, 1, 0::bigint) over same as closed_minor
    from accounting_creator_day d window same as (partition by shard order by day)
)
select shard, day, w.opening_diamonds, w.closed_diamonds, w.closing_diamonds, f.diamonds, w.opening_minor, w.closed_minor,
    w.closing_minor, round(w.closing_diamonds * p.numerator::numeric / p.denominator) as worth
from written w join found f using (shard, day) join payout_rate p on p.version = w.rate_version
where (w.opening_diamonds, w.opening_minor, w.closing_diamonds)
        is distinct from (w.closed_diamonds, w.closed_minor, coalesce(f.diamonds, 0))
    or w.closing_minor <> round(w.closing_diamonds * p.numerator::numeric / p.denominator);
