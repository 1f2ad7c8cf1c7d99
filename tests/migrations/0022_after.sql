-- The past is one log in the order of its time, and each delivery knows its frames.
select log_no, what from (
    values (1, 'delivery 0 {5,6} {1,1}'), (2, 'take'), (3, 'delivery 1 {5} {3}'), (4, 'return')
) as wanted (log_no, what)
except
select log_no, 'delivery ' || source_shard || ' ' || room_ids::text || ' ' || seqs::text from delivery where shard = 1
except
select log_no, direction from gift_log_reversal where shard = 1;

select shard, through from gift_log except select * from (values (0, 0::bigint), (1, 4)) as wanted (shard, through);
