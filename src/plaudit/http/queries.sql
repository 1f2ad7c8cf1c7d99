-- What a process looks at now and then.

-- name: work_waiting
select count(*) as batches, min(charged_at) as oldest, (select count(*) from stuck_work) as stuck from gift_batch;
