-- It stays ended, and keys have a longest life.
select 'link' where not exists (select from person_link where person_id = 9288 and ended_at is not null and ended_because is null);
select 'bound' where not exists (select from decision_bound where name = 'key_life_days' and value = 400);
