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

-- name: exports -> Export
-- The newest first, after a place; in one state and of one person, if these are named.
select {export} from data_export e
where (e.asked_at, e.id) < ($1, $2) and ($4::text is null or e.state = $4) and ($5::bigint is null or e.person_id = $5)
order by e.asked_at desc, e.id desc limit $3

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

-- name: columns_of
-- In their order; those of tables divided by month once.
select a.attname::text as name from pg_attribute a
where a.attrelid = to_regclass('public.' || quote_ident($1)) and a.attnum > 0 and not a.attisdropped order by a.attnum

-- Erasing people.

-- columns: erasure
e.id, e.person_id, e.asked_by, e.operator_id, e.reason, e.gives_up_coins, e.gives_up_earnings, e.asked_at, e.begins_at,
e.withdrawn_at, e.begun_at, e.erased_at, e.tries, e.leased_until

-- name: add_erasure
insert into erasure (id, person_id, asked_by, operator_id, reason, gives_up_coins, gives_up_earnings, asked_at, begins_at, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
on conflict (id) do nothing

-- name: find_erasure -> Erasure
select {erasure} from erasure e where e.id = $1

-- name: open_erasure -> Erasure
select {erasure} from erasure e where e.person_id = $1 and e.withdrawn_at is null

-- name: lock_erasure -> Erasure
select {erasure} from erasure e where e.person_id = $1 and e.withdrawn_at is null and e.erased_at is null for no key update

-- name: erasures -> Erasure
-- The newest first, after a place; in one state and of one person, if these are named.
select {erasure} from erasure e
where (e.asked_at, e.id) < ($1, $2)
    and ($4::text is null or $4 = case
        when e.withdrawn_at is not null then 'withdrawn' when e.erased_at is not null then 'done'
        when e.begun_at is not null then 'under_way' else 'waiting' end)
    and ($5::bigint is null or e.person_id = $5)
order by e.asked_at desc, e.id desc limit $3

-- name: withdraw_erasure
update erasure set withdrawn_at = $2, due_at = null, leased_until = null, failed_with = null, error = null
where id = $1 and begun_at is null and withdrawn_at is null

-- name: obstacles -> Obstacle
select code, amount from erasure_obstacles($1, $2)

-- name: claim_erasures -> Erasure
update erasure e set tries = e.tries + 1, due_at = $2, leased_until = $2
from (select id from erasure where due_at <= $1 order by due_at limit $3 for update skip locked) due
where e.id = due.id
returning {erasure}

-- name: postpone_erasure
update erasure set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and id = $6 and due_at is not null
returning true

-- name: waiting_erasures
-- Those whose time of grace is over.
select begins_at as since, due_at, tries, leased_until, failed_with from erasure where due_at is not null and begins_at <= $1

-- name: begin_erasure
update erasure set begun_at = $4, subject_mac = $5
where tries = $1 and leased_until = $2 and id = $3 and begun_at is null
returning true

-- name: end_erasure
update erasure set erased_at = greatest($4, begun_at), due_at = null, leased_until = null, failed_with = null, error = null
where tries = $1 and leased_until = $2 and id = $3 and erased_at is null
returning true

-- name: macs_after
-- Of all who were erased, in their order.
select encode(subject_mac, 'hex') as mac, erased_at, id from erasure
where erased_at is not null and ($1::timestamptz is null or (erased_at, id) > ($1, $2::uuid)) order by erased_at, id limit $3

-- name: is_erased
select exists (select from erasure where subject_mac = decode($1, 'hex') and erased_at = $2)

-- name: people_after
select p.id, i.issuer, p.subject from person p join issuer i on i.id = p.issuer_id where p.id > $1 order by p.id limit $2

-- name: erase_again
insert into erasure (id, person_id, asked_by, gives_up_coins, gives_up_earnings, asked_at, begins_at, begun_at, subject_mac,
    due_at)
values ($1, $2, 'restore', true, true, $3, $3, $3, $4, $3)
on conflict (person_id) where withdrawn_at is null do update
set begun_at = coalesce(erasure.begun_at, greatest(excluded.begun_at, erasure.begins_at)),
    subject_mac = excluded.subject_mac, due_at = excluded.due_at
where erasure.erased_at is null

-- Retention.

-- name: note_let_go
select note_let_go($1, $2, $3, $4, $5, $6)

-- name: last_looks -> RetentionDay
select distinct on (rule) rule, day, days, through, rows, looked_at, is_done from retention_day order by rule, day desc

-- name: first_looks
select rule, min(day) as day from retention_day group by rule

-- name: went_since
select rule, sum(rows)::bigint as rows from retention_day where day >= $1 group by rule

-- name: retention_records -> RetentionDay
select rule, day, days, through, rows, looked_at, is_done from retention_day
where rows > 0 and (day, rule) < ($1, $2) order by day desc, rule desc limit $3

-- name: held_people -> HeldPerson
select person_id, array_agg(why order by why) as why from held_people() group by person_id order by person_id limit $1

-- Legal holds.

-- columns: hold
h.id, h.person_id, h.reason, h.placed_by, h.placed_at, h.lifted_by, h.lifted_at, h.lifted_because

-- name: place_hold
insert into legal_hold (id, person_id, reason, placed_by, placed_at) values ($1, $2, $3, $4, $5) on conflict (id) do nothing

-- name: find_hold -> LegalHold
select {hold} from legal_hold h where h.id = $1

-- name: lift_hold
update legal_hold set lifted_by = $2, lifted_at = greatest($3, placed_at), lifted_because = $4
where id = $1 and lifted_at is null returning true

-- name: legal_holds -> LegalHold
-- The newest first, after a place; of one person, and only what holds, where that is asked for.
select {hold} from legal_hold h
where (h.placed_at, h.id) < ($1, $2) and ($3::bigint is null or h.person_id = $3) and (not $4 or h.lifted_at is null)
order by h.placed_at desc, h.id desc limit $5

-- name: rename_person
select rename_person($1, $2, $3, $4);

-- name: move_subject
select move_subject($1, $2, $3, $4);

-- name: rename_obstacles -> Obstacle
select code, amount from rename_obstacles($1) order by code;

-- name: merge_person
select merge_person($1, $2, $3, $4);
