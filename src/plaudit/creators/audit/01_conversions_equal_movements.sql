-- Each conversion moved its coins and diamonds once, at its rule, and matured when it says so.
with moved as (
    select shard, reference as id, reason,
        case when reason = 'reward' then credit_owner else debit_owner end as creator_id, amount
    from transfer where reason in ('conversion', 'reward', 'maturity')
), claimed as (
    select c.shard, c.id, m.reason, c.creator_id, case m.reason when 'conversion' then c.coins else c.diamonds end as amount
    from conversion c
    cross join (values ('conversion'), ('reward'), ('maturity')) m (reason)
    where m.reason <> 'maturity' or c.matured_at is not null
)
select shard, id, reason, c.creator_id, c.amount, m.amount as moved
from claimed c full join moved m using (shard, id, reason)
where c.amount is distinct from m.amount or c.creator_id is distinct from m.creator_id
union all
select c.shard, c.id, 'rule', c.creator_id, c.diamonds, c.coins * r.numerator / r.denominator
from conversion c join reward_rule r on r.version = c.rule_version
where c.diamonds <> c.coins * r.numerator / r.denominator;
