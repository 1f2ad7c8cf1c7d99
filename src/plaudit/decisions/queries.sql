-- columns: of_decision
d.id, d.kind, d.subject, d.content, d.content_sha256, d.before, d.note, d.beneficiary_id, d.proposed_by, d.proposed_at,
    d.expires_at, d.outcome, d.decided_by, d.decided_at, d.effective_at, d.reason, d.alone, d.emergency, s.seen_by

-- name: lock_decisions
-- One after another, so that nothing they rest on is decided meanwhile.
select pg_advisory_xact_lock(hashtext('plaudit.decision'));

-- name: add_decision
insert into decision (id, kind, subject, content, content_sha256, before, note, beneficiary_id, proposed_by, proposed_at,
    expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: end_decision
select end_decision($1, $2, $3, $4, $5, $6, $7, $8);

-- name: expire_decisions
select end_decision(id, 'expired', null, $1, null, null, false, false) from decision where outcome is null and expires_at <= $1;

-- name: decision -> Decision
select {of_decision}
from decision d left join decision_seen s on s.decision_id = d.id where d.id = $1;

-- name: open_decision -> Decision
select {of_decision}
from decision d left join decision_seen s on s.decision_id = d.id
where d.kind = $1 and d.subject = $2 and d.outcome is null;

-- name: count_open_of
select count(*) from decision where proposed_by = $1 and outcome is null and expires_at > $2;

-- name: decisions -> Decision
select {of_decision}
from decision d left join decision_seen s on s.decision_id = d.id
where ($1::text is null or d.kind = $1)
    and ($2::boolean is null or (d.outcome is null and d.expires_at > $3) = $2)
    and ($4::boolean is null or d.emergency = $4)
    and (d.proposed_at, d.id) < ($5, $6)
order by d.proposed_at desc, d.id desc limit $7;

-- name: waiting_for -> Waiting
-- What others proposed and is open; what was decided in an emergency, by another, and is not seen.
select (select count(*) from decision where outcome is null and expires_at > $2 and proposed_by <> $1) as to_decide,
    (select count(*) from decision d where d.emergency
        and not exists (select from decision_seen s where s.decision_id = d.id)) as unseen;

-- name: see_decision
insert into decision_seen (decision_id, seen_by, seen_at) values ($1, $2, $3) on conflict do nothing;

-- columns: of_link
id, person_id::text as person_id, other_id::text as other_id, note, linked_by::text as linked_by, linked_at,
    ended_by::text as ended_by, ended_at, ended_because

-- name: person_link -> PersonLink
select {of_link}
from person_link where id = $1;

-- name: add_person_link -> PersonLink
insert into person_link (id, person_id, other_id, note, linked_by, linked_at) values ($1, $2, $3, $4, $5, $6)
on conflict (person_id, other_id) where ended_at is null do nothing
returning {of_link};

-- name: end_person_link -> PersonLink
update person_link set ended_by = $2, ended_at = $3, ended_because = $4 where id = $1 and ended_at is null
returning {of_link};

-- name: person_links -> PersonLink
select {of_link}
from person_link where (linked_at, id) < ($1, $2) and ($4::bigint is null or $4 in (person_id, other_id))
    and ($5::boolean is null or (ended_at is null) = $5)
order by linked_at desc, id desc limit $3;

-- name: are_linked
select are_linked($1, $2);

-- columns: of_bound
b.name, b.version, b.value, b.recorded_at

-- name: bounds -> BoundAnswer
select name, version, decision_bound_of(name) as value, recorded_at, bound_widest(name) as widest from (
    select distinct on (b.name) {of_bound}
    from decision_bound b
    where (b.effective_at is null or b.effective_at <= now())
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
    order by b.name, b.version desc) held
order by name;

-- name: bound_in_force -> Bound
select {of_bound}
from decision_bound b
where b.name = $1 and (b.effective_at is null or b.effective_at <= now())
    and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
order by b.version desc limit 1;

-- columns: of_wider_bound
b.decision_id, b.name, b.value, b.recorded_at, b.effective_at, w.withdrawn_by::text as withdrawn_by, w.withdrawn_at, w.reason

-- name: wider_bounds -> WiderBound
-- Decided, and not in force yet; what a later version takes the place of at once is over.
select {of_wider_bound}
from decision_bound b left join decision_bound_withdrawal w using (name, version)
where b.effective_at > now() and w.withdrawn_at is null
    and not exists (select from decision_bound o where o.name = b.name and o.version > b.version and o.effective_at is null)
order by b.effective_at, b.name;

-- name: wider_bound -> WiderBound
select {of_wider_bound}
from decision_bound b left join decision_bound_withdrawal w using (name, version) where b.decision_id = $1;

-- name: withdraw_bound
insert into decision_bound_withdrawal (name, version, withdrawn_by, withdrawn_at, reason)
select name, version, $2, $3, $4 from decision_bound where decision_id = $1 and effective_at > greatest($3, now());

-- name: bound_widest
select bound_widest($1);

-- name: bound_is_within
select bound_is_within($1, $2);

-- name: set_bound_widest
insert into decision_bound_widest (name, value, note, recorded_at) values ($1, $2, $3, $4)
on conflict (name) do update set value = excluded.value, note = excluded.note, recorded_at = excluded.recorded_at;

-- name: decision_leads_s
select decision_lead_s(kind, content) as lead_s
from unnest($1::text[], $2::text[]) with ordinality one (kind, content, place) order by place;

-- name: decided_bound -> Bound
select {of_bound}
from decision_bound b where b.decision_id = $1;

-- name: add_bound -> Bound
insert into decision_bound (name, version, value, recorded_at, decision_id)
select name, max(version) + 1, $2, $3, $4 from decision_bound where name = $1 group by name
returning name, version, value, recorded_at;

-- name: bound_is_narrower
select bound_is_narrower($1, $2);

-- name: bound
select decision_bound_of($1);
