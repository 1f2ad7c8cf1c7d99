-- The log of events.

-- name: record
insert into event_waiting (id, type, at, subject, platform, data)
select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::json[]);

-- name: lock_log
-- Whoever has the row gives positions; who comes while somebody does has nothing to do.
select last from event_log for no key update skip locked;

-- name: place_waiting
-- A statement of its own after the lock, so that it sees all that the one before it placed.
with taken as (
    delete from event_waiting where number in (select number from event_waiting order by number limit $1)
    returning number, id, type, at, subject, platform, data, key_id
), placed as (
    insert into event (position, id, type, at, subject, platform, data, key_id)
    select l.last + row_number() over (order by t.number), t.id, t.type, t.at, t.subject, t.platform, t.data, t.key_id
    from taken t cross join event_log l
    returning position
)
update event_log set last = last + (select count(*) from placed) where exists (select from placed) returning last;

-- name: log_state -> LogState
select s.epoch, l.last, l.forgotten_through from event_log l cross join ledger_setting s;

-- name: events_after -> KeptEvent
select e.position, e.id, e.type, e.at, e.subject, e.platform, e.data, e.key_id from event e
where e.position > $1 and e.position <= $2 and (e.platform = $3 or $3 is null)
    and (e.type = any ($4::text[]) or (cardinality($4::text[]) = 0 and e.type <> all ($5::text[])))
order by e.position limit $6;

-- name: want_gifts
-- Written once a day at most, however often somebody asks.
update event_log set gifts_wanted_until = $1 where gifts_wanted_until is null or gifts_wanted_until < $2;
