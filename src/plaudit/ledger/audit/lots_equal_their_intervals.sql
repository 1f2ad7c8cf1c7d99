-- Each lot was funded by one movement of its kind, which funds nothing else, and all its coins are on its wallet's strip, held, taken
-- back or expired.
select shard, lot_id, viewer_id, l.coins, t.amount as coins_funded, l.coins_reversed, l.coins_expired,
    state.unspent, state.held, state.spent, state.reversed_unspent, state.reversed_spent, x.coins as coins_expired_by_movements
from (select *, case kind when 'paid' then 'recharge' else 'promotion' end as reason from lot) l
full join (
    select *, reference as lot_id, credit_owner as viewer_id from transfer where reason in ('recharge', 'promotion')
) t using (shard, lot_id, viewer_id, reason)
left join lot_state state using (shard, lot_id, viewer_id)
full join (
    select shard, debit_owner as viewer_id, sum(amount) as coins from transfer where reason = 'expiry' group by 1, 2
) x using (shard, viewer_id)
left join (
    select shard, viewer_id, sum(coins_expired) as coins from lot group by 1, 2
) e using (shard, viewer_id)
where l.coins is distinct from t.amount
    or l.coins is distinct from state.unspent + state.held + state.spent + state.reversed_unspent + state.expired
    or l.coins_reversed is distinct from state.reversed_unspent + state.reversed_spent
    or state.reversed_spent > state.spent
    or coalesce(x.coins, 0) <> coalesce(e.coins, 0);
