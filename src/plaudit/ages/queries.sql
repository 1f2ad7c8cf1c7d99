-- Ages: questions to wallets, and what is known of one person.

-- columns: request
id, person_id, nonce, made_at, ends_at, refused_with, used_at, assurance_id

-- name: add_request
insert into age_request (id, person_id, nonce, made_at, ends_at) values ($1, $2, $3, $4, $5) on conflict (id) do nothing;

-- name: find_request -> AgeRequest
select {request} from age_request where id = $1;

-- name: lock_request -> AgeRequest
select {request} from age_request where id = $1 for no key update;

-- name: newest_request -> AgeRequest
select {request} from age_request where person_id = $1 order by made_at desc, id desc limit 1;

-- name: count_requests
select count(*) from age_request where person_id = $1 and made_at > $2;

-- name: refuse_request
update age_request set refused_with = $2 where id = $1;

-- name: use_request
update age_request set used_at = $2, assurance_id = $3, refused_with = null where id = $1;

-- name: forget_requests
delete from age_request where made_at < $1;

-- name: label_of_issuer
select sign_in_label from issuer where issuer = $1;

-- name: find_word -> AgeAssurance
select id, person_id, at_least, under, level, method, source, proved_at, until, recorded_at, revoked_at, revoked_because
from age_assurance where id = $1;

-- name: proofs_of -> AgeAssurance
-- Those that hold, the surest first.
select id, person_id, at_least, under, level, method, source, proved_at, until, recorded_at, revoked_at, revoked_because
from age_assurance where person_id = $1 and revoked_at is null and (until is null or until > $2)
order by level desc, proved_at desc, id desc limit $3;
