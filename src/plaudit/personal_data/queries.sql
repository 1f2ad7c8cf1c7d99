-- Copies of what is held of people.

-- columns: export
e.id, e.person_id, e.asked_by, e.operator_id, e.reason, e.language, e.asked_at, e.state, e.ready_at, e.delete_at, e.bytes,
e.downloaded_at, e.tries, e.leased_until

-- name: add_export
insert into data_export (id, person_id, asked_by, operator_id, reason, language, asked_at, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict (id) do nothing

-- name: find_export -> Export
select {export} from data_export e where e.id = $1

-- name: waiting_export
select id from data_export where person_id = $1 and state = 'waiting'

-- name: exports_of -> Export
select {export} from data_export e where e.person_id = $1 order by e.asked_at desc, e.id desc limit $2

-- name: claim_exports -> Export
update data_export e set tries = e.tries + 1, due_at = $2, leased_until = $2
from (select id from data_export where due_at <= $1 order by due_at limit $3 for update skip locked) due
where e.id = due.id
returning {export}

-- name: postpone_export
update data_export set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and id = $6 and state = 'waiting'
returning true

-- name: waiting_exports
select asked_at as since, due_at, tries, leased_until, failed_with from data_export where due_at is not null

-- name: export_made
update data_export set state = 'ready', due_at = null, leased_until = null, failed_with = null, error = null, ready_at = $4,
    delete_at = $5, bytes = $6
where tries = $1 and leased_until = $2 and id = $3 and state = 'waiting'
returning true

-- name: add_part
insert into data_export_part (export_id, number, sealed) values ($1, $2, $3)

-- name: find_part
select sealed from data_export_part where export_id = $1 and number = $2

-- name: note_download
update data_export set downloaded_at = $2 where id = $1

-- name: exports_to_delete
select id from data_export where state = 'ready' and (delete_at <= $1 or person_id = $2) order by delete_at limit $3
for update skip locked

-- name: delete_parts
delete from data_export_part where export_id = any ($1::uuid[])

-- name: exports_deleted
update data_export set state = 'deleted' where id = any ($1::uuid[])

-- name: columns_of
-- In their order; those of tables divided by month once.
select a.attname::text as name from pg_attribute a
where a.attrelid = to_regclass('public.' || quote_ident($1)) and a.attnum > 0 and not a.attisdropped order by a.attnum
