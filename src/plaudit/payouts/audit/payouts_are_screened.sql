-- While a source is asked, each payout is sent after a word of it that lets it be, or that a person decided of.
select e.shard, e.payout_id, e.at, r.provider
from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
cross join lateral (select * from screening_rule where set_at <= e.at order by id desc limit 1) r
where e.to_state = 'sent' and r.provider is not null and not exists (
    select from screening s join screening_word w on w.screening_id = s.id and w.said_at <= e.at
    left join screening_decision d on d.screening_id = w.screening_id and d.said_at = w.said_at
    where s.shard = p.shard and s.method_id = p.method_id and s.provider = r.provider
        and s.asked_at > e.at - make_interval(secs => r.age_max_s) - interval '1 day'
        and (w.outcome = 'clear' or d.verdict = 'somebody_else'));
