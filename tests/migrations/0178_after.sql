-- It leads where it led; what was said then nobody knows.
select id from person_move where to_subject is not null or (subject, person_id) <> ('ada', 9178);
select 'moves' where (select count(*) from person_move) <> 1;
