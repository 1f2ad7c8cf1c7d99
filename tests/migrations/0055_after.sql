-- The gifts of both are there, and so is the key, in the order of time and in each partition.
select unnest('{2,4}'::bigint[]) except select viewer_id from gift;

(values ('gift', 'PRIMARY KEY (shard, id, viewer_id)'), ('gift_rows', 'PRIMARY KEY (shard, id, viewer_id)'))
except select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where contype = 'p';

select indexrelid::regclass from pg_index where indrelid = 'gift_rows'::regclass and indisunique offset 1;
