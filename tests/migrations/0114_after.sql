-- It is still the whole country's, nobody is said to be in a part of it, and a part can have its own.
select 'gone' where not exists (select from policy_pack where version = 9114 and country = 'US');
select * from person_subdivision;
with part as (select substring(pg_get_constraintdef(oid) from '''(\^.*\$)''') as pattern from pg_constraint
    where conname = 'policy_pack_country_check' and convalidated)
select country from unnest('{US,US-TX,GB-ENG,FR-2A,us,US-,US-tx,US-TEXA}'::text[]) with ordinality v (country, place)
where (country ~ (select pattern from part)) is distinct from (place <= 4);
