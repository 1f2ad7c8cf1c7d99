-- What was decided holds, and the lead of packs has held since the beginning.
select 'gone' where not exists (
    select from decision_bound where (version, decision_id) = (2, '00000000-0000-0000-0000-000000009095'));
select name from decision_bound where name like 'policy\_pack\_%' and (version, recorded_at) <> (1, '2000-01-01 00:00Z');
select 'no lead' where (select count(*) from decision_bound where name like 'policy\_pack\_%') <> 2;
-- Where somebody is stays known; how old they are nobody found out.
select 'not known' where not exists (select from person where (id, country) = (9095, 'DE'));
select id from age_assurance;
