-- A wallet, and whoever receives, stands still as long as the freezes of it say.
select 'wallet' as what, coalesce(w.viewer_id, f.person_id) as id, w.frozen_until, f.until
from wallet w
full join (
    select person_id, max(coalesce(ends_at, 'infinity')) as until from freeze_record
    where what in ('person', 'wallet') and lifted_at is null group by person_id
) f on f.person_id = w.viewer_id
where w.frozen_until is distinct from f.until
union all
select coalesce(r.kind, f.kind), coalesce(r.id, f.id), r.until, f.until
from frozen_receiver r
full join (
    select case what when 'room' then 'room' else 'creator' end as kind, coalesce(room_id, person_id) as id,
        max(coalesce(ends_at, 'infinity')) as until
    from freeze_record where what in ('person', 'creator', 'room') and lifted_at is null group by 1, 2
) f on (f.kind, f.id) = (r.kind, r.id)
where r.until is distinct from f.until
