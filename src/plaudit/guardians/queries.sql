-- Guardians: invitations and guardianships.

-- name: lock_people
-- Whoever begins or ends something between people does so alone.
select id from person where id = any ($1::bigint[]) order by id for no key update;

-- columns: guardianship
id, guardian_id, minor_id, began_by, began_at, ended_at, ended_because

-- name: begin_guardianship
insert into guardianship (id, guardian_id, minor_id, began_by, began_at) values ($1, $2, $3, $4, $5)
on conflict (guardian_id, minor_id) where ended_at is null do nothing;

-- name: guardianship_of_pair -> Guardianship
select {guardianship} from guardianship where guardian_id = $1 and minor_id = $2 and ended_at is null;

-- name: find_guardianship -> Guardianship
select {guardianship} from guardianship where id = $1;

-- name: guardianships_of -> Guardianship
-- Of a guardian or a minor, those that hold.
select {guardianship} from guardianship where $1 in (guardian_id, minor_id) and ended_at is null order by began_at, id;

-- name: end_guardianship
select end_guardianship($1, $2, $3);

-- columns: invitation
id, guardian_id, made_at, ends_at, minor_id, answered_at, ended_at, outcome

-- name: add_invitation
insert into guardian_invitation (id, guardian_id, code_sha256, made_at, ends_at) values ($1, $2, $3, $4, $5)
on conflict (id) do nothing returning true;

-- name: find_invitation -> Invitation
select {invitation} from guardian_invitation where id = $1;

-- name: invitation_of_code -> Invitation
select {invitation} from guardian_invitation where code_sha256 = $1 for no key update;

-- name: open_invitations -> Invitation
-- Made by somebody, or answered by them; those that somebody else has to answer or confirm first.
select {invitation} from guardian_invitation
where $1 in (guardian_id, minor_id) and ended_at is null and ends_at > $2 order by made_at desc limit $3;

-- name: answer_invitation
update guardian_invitation set minor_id = $2, answered_at = $3 where id = $1 and minor_id is null and ended_at is null;

-- name: end_invitation
update guardian_invitation set ended_at = $2, outcome = $3 where id = $1 and ended_at is null;
