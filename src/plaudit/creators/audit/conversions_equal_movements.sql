-- Each conversion moved its coins and diamonds once, at the rule that held, and matured when that says so, less what was
-- clawed back.
with moved as (
    select shard, reference as id, reason, amount,
        case reason when 'reward' then credit_owner else debit_owner end as creator_id,
        case reason when 'maturity' then credit_owner end as matured_for
    from transfer where reason in ('conversion', 'reward', 'maturity')
), claimed as (
    select c.shard, c.id, m.reason, c.creator_id, m.amount
    from conversion c
    cross join lateral (
        values ('conversion', c.coins), ('reward', c.diamonds), ('maturity', c.diamonds_matured)
    ) m (reason, amount)
    where m.amount > 0
)
select shard, id, reason, c.creator_id, c.amount, m.amount as moved
from claimed c full join moved m using (shard, id, reason)
where (c.amount, c.creator_id) is distinct from (m.amount, m.creator_id) or m.matured_for <> m.creator_id
union all
select c.shard, c.id, 'rule', c.creator_id, c.diamonds, c.coins * r.numerator / r.denominator
from conversion c join reward_rule r on r.version = c.rule_version
where not conversion_is_at_its_rule(c);
