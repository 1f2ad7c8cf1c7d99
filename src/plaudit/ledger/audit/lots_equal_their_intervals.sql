-- Each lot was funded by one movement, and all its coins are on its wallet's strip, held, taken back or expired.
select l.shard, l.lot_id, l.viewer_id, l.coins, t.amount as coins_funded, l.coins_reversed, l.coins_expired,
    state.unspent, state.held, state.spent, state.reversed_unspent, state.reversed_spent, x.coins as coins_expired_by_movements
from lot l
left join lot_state state using (shard, lot_id)
left join transfer t on t.shard = l.shard and t.reference = l.lot_id and t.credit_kind = 'wallet'
    and t.credit_owner = l.viewer_id
left join (
    select shard, debit_owner as viewer_id, sum(amount) as coins from transfer where reason = 'expiry' group by 1, 2
) x on x.shard = l.shard and x.viewer_id = l.viewer_id
left join (
    select shard, viewer_id, sum(coins_expired) as coins from lot group by 1, 2
) e on e.shard = l.shard and e.viewer_id = l.viewer_id
where l.coins is distinct from t.amount
    or l.coins is distinct from state.unspent + state.held + state.spent + state.reversed_unspent + state.expired
    or l.coins_reversed is distinct from state.reversed_unspent + state.reversed_spent
    or state.reversed_spent > state.spent
    or coalesce(x.coins, 0) <> e.coins;
