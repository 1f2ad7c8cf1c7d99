-- What an operator marked was exported before, is marked with the bank's reference, and nothing else is.
with marked as (
    select shard, payout_id, to_state as outcome from payout_event
    where actor = 'operator' and to_state in ('paid', 'failed', 'returned')
), sent as (
    select shard, payout_id from payout_event where actor = 'operator' and to_state = 'sent'
)
select shard, payout_id, outcome, m.is_there is not null as is_marked, o.is_there is not null as has_reference
from (select *, payout_id as is_there from marked) m
full join (select *, payout_id as is_there from payout_bank_outcome) o using (shard, payout_id, outcome)
where m.is_there is null or o.is_there is null
union all
select shard, payout_id, 'sent', s.is_there is not null, i.is_there is not null
from (select *, payout_id as is_there from sent) s
full join (select *, payout_id as is_there from payout_export_item) i using (shard, payout_id)
where s.is_there is null or i.is_there is null;
