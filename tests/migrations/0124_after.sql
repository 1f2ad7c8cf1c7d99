-- Their people are told of neither, and only of a decision can they be.
select id from safety_case where notice is not null;
select 'cases' where (select array_agg(outcome order by person_id) from safety_case) is distinct from '{null,confirmed}';
select 'told' where not exists (select from pg_constraint where conname = 'case_notice_is_of_a_decision' and convalidated);
