-- What a process looks at now and then.

-- name: work_waiting
select count(*) as batches, min(charged_at) as oldest, (select count(*) from stuck_work) as stuck from gift_batch;

-- name: write_nothing
-- A commit that has to reach the disk, and says nothing; false where nothing may be written, as on a standby.
select case current_setting('transaction_read_only') when 'off'
    then pg_logical_emit_message(true, 'plaudit', 'ready') is not null else false end;
