-- Freezes: what stands still, who said so, and who lifted it.

-- columns: freeze
f.id, f.what, f.person_id, f.lot_id, f.method_id, f.payout_id, f.room_id, f.gift_id, f.conversion_id, f.reason, f.message, f.frozen_by, f.frozen_at,
f.ends_at, f.lifted_by, f.lifted_at, f.lifted_because

-- name: add_freeze
insert into freeze_record (id, what, person_id, lot_id, method_id, payout_id, gift_id, conversion_id, room_id, reason, message,
    frozen_by, frozen_at, ends_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (id) do nothing
returning true;

-- name: find_freeze -> Freeze
select {freeze} from freeze_record f where f.id = $1;

-- name: freezes -> Freeze
-- Newest first; of one person or everybody, those that hold or all.
select {freeze} from freeze_record f
where ($1::bigint is null or f.person_id = $1)
    and (not $2 or f.lifted_at is null and (f.ends_at is null or f.ends_at > $3))
    and (f.frozen_at, f.id) < ($4, $5)
order by f.frozen_at desc, f.id desc limit $6;

-- name: lift_freeze
update freeze_record set lifted_by = $2, lifted_at = $3, lifted_because = $4 where id = $1 and lifted_at is null
returning true;

-- name: open_freezes -> Freeze
-- What stands still of somebody, the one that ends last first: what ($2), or what has one of these ids.
select {freeze} from freeze_record f
where f.person_id = $1 and f.lifted_at is null and (f.ends_at is null or f.ends_at > $3)
    and (f.what = any ($2::text[]) or f.method_id = $4 or f.payout_id = $5)
order by f.ends_at desc nulls first, f.frozen_at
limit $6;
