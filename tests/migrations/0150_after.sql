-- All of them are as sure as they were.
select 'levels' where (select array_agg(level order by level) from age_assurance) <> '{1,2,3}'::smallint[];
