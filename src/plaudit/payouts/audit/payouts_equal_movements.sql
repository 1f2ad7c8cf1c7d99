-- Each payout moved its creator's diamonds and its money exactly as its states say, each movement once.
with consequence (state, reason, asset) as (
    values ('requested', 'payout_requested', 'diamonds'), ('refused', 'payout_given_back', 'diamonds'),
        ('cancelled', 'payout_given_back', 'diamonds'), ('failed', 'payout_given_back', 'diamonds'),
        ('paid', 'payout_paid', 'diamonds'), ('paid', 'payout_money', 'net'), ('paid', 'payout_fee', 'fee'),
        ('returned', 'payout_returned', 'diamonds'), ('returned', 'payout_money_returned', 'net'),
        ('returned', 'payout_fee_returned', 'fee')
), claimed as (
    select p.shard, p.id, c.reason, case c.asset when 'diamonds' then 'DIAMOND' else p.currency end as asset,
        case c.asset when 'diamonds' then p.diamonds when 'net' then p.net_minor else p.fee_minor end as amount,
        case c.asset when 'fee' then 0 else p.creator_id end as creator_id
    from payout p
    join payout_event e on e.shard = p.shard and e.payout_id = p.id
    join consequence c on c.state = e.to_state
), moved as (
    select shard, reference as id, reason, asset, amount, greatest(debit_owner, credit_owner) as creator_id,
        asset = 'DIAMOND' and debit_owner <> credit_owner as changed_hands
    from transfer where reason like 'payout\_%'
)
select shard, id, reason, asset, c.amount, m.amount as moved
from (select * from claimed where amount > 0) c full join moved m using (shard, id, reason, asset)
where (c.amount, c.creator_id) is distinct from (m.amount, m.creator_id) or m.changed_hands
union all
select p.shard, p.id, 'state ' || p.state, null, null, null
from payout p left join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = p.state
    and e.from_state is not distinct from p.previous_state
where e.payout_id is null;
