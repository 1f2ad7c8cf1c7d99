-- Instruments that people were seen with.

-- name: see
-- And forget the oldest of the person beyond the most.
with seen as (
    insert into instrument (kind, print, person_id, source, first_seen_at, last_seen_at)
    values ($1, $2, $3, $4, $5, $5)
    on conflict (kind, print, person_id) do update set last_seen_at = greatest(instrument.last_seen_at, excluded.last_seen_at)
)
delete from instrument where person_id = $3 and (kind, print) in (
    select kind, print from instrument where person_id = $3 and (kind, print) <> ($1, $2)
    order by last_seen_at desc, print offset $6 - 1
);

-- name: forget
with old as (
    select kind, print, person_id from instrument where last_seen_at < $1 order by last_seen_at limit $2
), gone as (
    delete from instrument i using old o
    where i.kind = o.kind and i.print = o.print and i.person_id = o.person_id returning true
)
select count(*) from gone;
