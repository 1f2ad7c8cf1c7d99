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
name, version, value, recorded_at

-- name: bounds -> Bound
select distinct on (name) {of_bound}
from decision_bound order by name, version desc;

-- name: bound_in_force -> Bound
select {of_bound}
from decision_bound where name = $1 order by version desc limit 1;

-- name: decided_bound -> Bound
select {of_bound}
from decision_bound where decision_id = $1;

-- name: add_bound -> Bound
insert into decision_bound (name, version, value, recorded_at, decision_id)
select name, max(version) + 1, $2, $3, $4 from decision_bound where name = $1 group by name
returning {of_bound};

-- name: bound_is_narrower
select bound_is_narrower($1, $2);

-- name: bound
select decision_bound_of($1);
