-- It holds; the thresholds of the rules begin with their first values, and nobody is looked at for what was before.
select 'widened' where not exists (select from decision_bound where name = 'grant_alone_coins' and version = 9123 and value = 777);
select name from decision_bound where name like 'safety\_%' and (version <> 1 or effective_at is not null or decision_id is not null);
select 'thresholds' where (select count(*) from decision_bound where name like 'safety\_%') <> 10;
select person_id from safety_due union all select person_id from safety_case;
