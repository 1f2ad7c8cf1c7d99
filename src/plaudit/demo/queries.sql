-- What the demo asks the books directly.

-- name: has_undelivered
select exists (select from gift_batch)
