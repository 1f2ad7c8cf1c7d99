-- What a guardian agrees to, limits or stops holds only while they answer for that minor.
select s.what, s.minor_id, s.guardian_id
from (
    select 'consent' as what, person_id as minor_id, given_by as guardian_id from rule_consent where ended_at is null
    union all
    select 'limit', person_id, set_by from guardian_limit where not is_over
    union all
    select 'stop', person_id, set_by from guardian_stop where ended_at is null
) s
where not exists (
    select from guardianship g
    where g.guardian_id = s.guardian_id and g.minor_id = s.minor_id and g.ended_at is null);
