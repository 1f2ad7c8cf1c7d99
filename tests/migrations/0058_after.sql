select version from payout_rate r left join decision d on d.id = r.decision_id
where (r.recorded_by is null) <> (d.id is null) or d.kind <> 'payout_rate' or not d.alone or d.proposed_by <> r.recorded_by
    or d.effective_at <> r.effective_at or d.note <> '-';
select version from payout_terms t left join decision d on d.id = t.decision_id
where (t.recorded_by is null) <> (d.id is null) or (d.content::jsonb ->> 'diamonds_per_day_max')::bigint <> 300000;
select version from reward_rule r left join decision d on d.id = r.decision_id
where (r.recorded_by is null) <> (d.id is null) or (d.content::jsonb ->> 'maturity_s')::integer <> 60;
select count(*) from decision having count(*) <> 3;
