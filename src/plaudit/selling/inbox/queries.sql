-- name: begin_void_polls
insert into store_void_poll (provider, due_at) select name, $2 from unnest($1::text[]) name on conflict do nothing

-- name: claim_void_polls -> DueVoidPoll
update store_void_poll p set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select provider from store_void_poll where due_at <= $1 and provider = any ($4::text[])
    order by due_at limit $3 for update skip locked
) due
where p.provider = due.provider
returning p.provider, p.polled_until, p.tries, p.leased_until

-- name: note_void_poll
update store_void_poll set polled_until = $4 where tries = $1 and leased_until = $2 and provider = $3 returning true

-- name: postpone_void_poll
-- An answer ends a row of failures.
update store_void_poll
set due_at = $3, failed_with = $4, error = $5, leased_until = null, tries = case when $4::text is null then 0 else tries end
where tries = $1 and leased_until = $2 and provider = $6
returning true

-- name: waiting_void_polls
select coalesce(polled_until, due_at) as since, due_at, tries, leased_until, failed_with from store_void_poll
