-- The statements of the sandbox's store (SQLite).

-- name: find_object
select body from object where id = :id and kind = :kind

-- name: write_object
insert into object (id, kind, body) values (:id, :kind, :body) on conflict (id) do update set body = excluded.body

-- name: find_key
select request_hash, object_id from idempotency where key = :key

-- name: write_key
insert into idempotency (key, request_hash, object_id) values (:key, :request_hash, :object_id)

-- name: count_waiting
select count(*) from message where state = 'waiting'

-- name: write_message
insert into message (event_id, url, body, due_ms) values (:event_id, :url, :body, :due_ms)

-- name: due_messages
select id, event_id, url, body, attempts from message
where state = 'waiting' and due_ms <= :now_ms order by due_ms, id limit :limit

-- name: message_sent
update message set state = 'sent', attempts = attempts + 1 where id = :id

-- name: message_failed
update message set attempts = attempts + 1, due_ms = :due_ms, state = :state where id = :id

-- name: write_timer
insert into timer (due_ms, action, object_id) values (:due_ms, :action, :object_id)

-- name: due_timers
select id, action, object_id from timer where due_ms <= :now_ms order by due_ms, id limit :limit

-- name: remove_timer
delete from timer where id = :id

-- name: write_made
insert into made (object_id, kind, made_ms) values (:object_id, :kind, :made_ms)

-- name: list_made
select o.body, m.made_ms, m.object_id from made m join object o on o.id = m.object_id
where m.kind = :kind and m.made_ms >= :since_ms and m.made_ms < :until_ms
    and (m.made_ms, m.object_id) > (:after_ms, :after_id)
order by m.made_ms, m.object_id limit :limit

-- name: newest_made
select o.body from made m join object o on o.id = m.object_id
where m.kind = :kind order by m.made_ms desc, m.object_id desc limit :limit

-- name: write_about
insert into about (checkout_id, kind, object_id) values (:checkout_id, :kind, :object_id)

-- name: list_about
select o.body from about a join object o on o.id = a.object_id
where a.checkout_id = :checkout_id and a.kind = :kind order by a.object_id
