-- Nobody has set a limit: the books ask no brake, and nothing is counted.
select viewer_id from wallet where num_nonnulls(brake_id, given, given_through, gift_worth_max, brake_until) > 0;
select 'changed' where (select array_agg((coins, spent)::text order by viewer_id) from wallet) <> '{"(15,5)","(10,0)"}';
