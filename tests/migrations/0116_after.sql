-- What was given is what it was, and each asks anew.
select viewer_id, given, given_spent from wallet where given_spent is distinct from case when brake_id is not null then spent end;
select viewer_id from wallet where (brake_id is null) <> (next_coin_worth is null) or free_through is not null;
select 'changed' where (select array_agg(given order by viewer_id) from wallet) is distinct from '{700,300,null}';
