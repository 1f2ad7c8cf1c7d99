-- What a process looks at now and then.

-- name: work_waiting
select count(*) as batches, min(charged_at) as oldest, (select count(*) from stuck_work) as stuck from gift_batch;

-- name: write_nothing
-- A commit that has to reach the disk, and says nothing; false where nothing may be written, as on a standby.
select case current_setting('transaction_read_only') when 'off'
    then pg_logical_emit_message(true, 'plaudit', 'ready') is not null else false end;

-- name: remember_little
select set_config('work_mem', '64kB', true);

-- name: spill_something
-- More than was just said is remembered: it goes to a file for a moment. What a commit writes may have its place
-- reserved long before a disk is full.
select count(*) from (select n from generate_series(1, 2000) n order by repeat(n::text, 30)) spilled;
