-- What the standing steps of a provider's reversal claim they hold, or it is lost.
select shard, provider, provider_reversal_id, max(claimed_minor) as claimed_minor, sum(amount_minor) as amount_minor,
    sum(excess_minor) filter (where not excess_returned) as excess_minor
from reversal where state <> 'undone' and provider_reversal_id is not null
group by shard, provider, provider_reversal_id
having max(claimed_minor) <> sum(amount_minor) + coalesce(sum(excess_minor) filter (where not excess_returned), 0);
