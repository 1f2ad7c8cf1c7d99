-- Issuers, people and API keys.

-- name: list_issuers -> Issuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority
from issuer
where removed_at is null
order by id;

-- name: issuer_by_name -> Issuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority
from issuer
where issuer = $1 and removed_at is null;

-- name: insert_issuer -> Issuer
insert into issuer as i (issuer, audience, jwks_uri, jwks, allowed_roles, created_at, claims, role_names, client_id,
    scopes, sign_in_label)
values ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8, $9, $10, $11)
on conflict (issuer) do update
set audience = excluded.audience, jwks_uri = excluded.jwks_uri, jwks = excluded.jwks,
    allowed_roles = excluded.allowed_roles, claims = excluded.claims, role_names = excluded.role_names,
    client_id = excluded.client_id, scopes = excluded.scopes, sign_in_label = excluded.sign_in_label, active = true, removed_at = null,
    authority = 'owner', decision_id = null
where i.removed_at is not null
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority;

-- name: set_issuer -> Issuer
update issuer set audience = $2, jwks_uri = $3, jwks = $4::text::jsonb, allowed_roles = $5, claims = $6,
    role_names = $7, client_id = $8, scopes = $9, sign_in_label = $10, authority = 'owner', decision_id = null
where issuer = $1 and removed_at is null
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority;

-- name: remove_issuer
update issuer set active = false, removed_at = $2 where issuer = $1 and removed_at is null returning id;

-- name: replace_issuer_jwks -> Issuer
update issuer set jwks_uri = null, jwks = $2::text::jsonb, authority = 'owner', decision_id = null
where issuer = $1 and removed_at is null
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority;

-- name: set_issuer_active -> Issuer
-- Who has it believed again says so of what it is now.
update issuer set active = $2, authority = case when $2 then 'owner' else authority end,
    decision_id = case when $2 then null else decision_id end
where issuer = $1
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at, claims, role_names,
    client_id, scopes, sign_in_label, authority;

-- name: person_by_subject -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles, p.told_at, p.said_at
from person p
join issuer i on i.id = p.issuer_id
where p.issuer_id = $1 and p.subject = $2;

-- name: person_by_id -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles
from person p
join issuer i on i.id = p.issuer_id
where p.id = $1;

-- name: people_by_ids -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles
from person p
join issuer i on i.id = p.issuer_id
where p.id = any ($1::bigint[]);

-- name: people_called -> Person
-- By their number, or by the beginning of their handle or name.
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles
from person p join issuer i on i.id = p.issuer_id
where p.id::text = $1 or starts_with(lower(p.handle), lower($1)) or starts_with(lower(p.display_name), lower($1))
order by p.id::text = $1 desc, lower(p.handle) = lower($1) desc, p.display_name, p.id limit $2;

-- name: write_person -> Person
with written as (
    insert into person as p (issuer_id, subject, handle, display_name, avatar, country, created_at, language, born_on,
        platform_roles)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (issuer_id, subject) do update
    set handle = excluded.handle, display_name = excluded.display_name, avatar = excluded.avatar,
        country = coalesce(excluded.country, p.country), language = coalesce(excluded.language, p.language),
        born_on = coalesce(excluded.born_on, p.born_on), platform_roles = excluded.platform_roles
    returning p.id, p.issuer_id, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
        p.platform_roles
)
select w.id, i.issuer, w.subject, w.handle, w.display_name, w.avatar, w.country, w.created_at, w.language, w.born_on,
    w.platform_roles
from written w
join issuer i on i.id = w.issuer_id;

-- name: note_said
update person set said_at = greatest(said_at, $2) where id = $1;

-- name: note_first_sign_in
update person set first_signed_in_at = $2 where id = $1 and first_signed_in_at is null returning id;

-- Sorted, so that two servers naming the same people wait for each other instead of for ever.
-- name: add_people_by_subjects
insert into person (issuer_id, subject, handle, display_name, avatar, created_at)
select $1, s, s, s, '', $3
from unnest($2::text[]) s
order by s
on conflict (issuer_id, subject) do nothing;

-- name: people_by_subjects -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles
from person p
join issuer i on i.id = p.issuer_id
where p.issuer_id = $1 and p.subject = any ($2::text[]);

-- Locked in the order in which servers tell of people, whose rows whoever names them will hold on to.
-- name: known_subjects -> KnownSubject
select p.id, p.subject, 'creator' = any (p.platform_roles) or exists (
    select from role_grant g where g.person_id = p.id and g.role = 'creator' and g.taken_at is null
) as is_creator
from person p where p.issuer_id = $1 and p.subject = any ($2::text[])
order by p.subject for key share of p;

-- name: roles_an_issuer_may_give
select allowed_roles from issuer where id = $1;

-- Locked in one order, so that two servers telling of the same people wait for each other instead of for ever.
-- name: people_to_tell -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language, p.born_on,
    p.platform_roles
from person p
join issuer i on i.id = p.issuer_id
where p.issuer_id = $1 and p.subject = any ($2::text[])
order by p.subject for update of p;

-- name: tell_people
update person p
set handle = u.handle, display_name = u.display_name, avatar = u.avatar, country = u.country, language = u.language,
    born_on = u.born_on, platform_roles = string_to_array(u.roles, ','), told_at = $9, said_at = greatest(p.said_at, date_trunc('second', $9::timestamptz))
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[])
    as u (id, handle, display_name, avatar, country, language, born_on, roles)
where p.id = u.id;

-- name: insert_api_key -> ApiKey
with written as (
    insert into api_key (name, issuer_id, secret_sha256, created_at, scopes, networks, expires_at)
    values ($1, $2, $3, $4, $5, $6::text[]::cidr[], $7)
    returning id, name, issuer_id, created_at, revoked_at, scopes, networks, expires_at, last_used_at, former_ends_at, authority
)
select w.id, w.name, w.issuer_id, i.issuer, w.created_at, w.revoked_at, w.scopes, w.networks::text[] as networks,
    w.expires_at, w.last_used_at, w.former_ends_at, w.authority
from written w
join issuer i on i.id = w.issuer_id;

-- name: list_api_keys -> ApiKey
select k.id, k.name, k.issuer_id, i.issuer, k.created_at, k.revoked_at, k.scopes, k.networks::text[] as networks,
    k.expires_at, k.last_used_at, k.former_ends_at, k.authority
from api_key k
join issuer i on i.id = k.issuer_id
order by k.id;

-- name: api_key_by_secret -> StoredApiKey
-- By its secret, or by the one before that for as long as it is good.
select k.id, k.issuer_id, k.scopes, k.networks::text[] as networks, i.allowed_roles,
    case k.secret_sha256 when $1 then k.expires_at else least(k.expires_at, k.former_ends_at) end as ends_at
from api_key k
join issuer i on i.id = k.issuer_id
where (k.secret_sha256 = $1 or k.former_secret_sha256 = $1 and k.former_ends_at > $2)
    and (k.expires_at is null or k.expires_at > $2) and k.revoked_at is null and i.active;

-- name: api_key_that_was
-- Whose secret it is, or was until it was replaced, revoked, or too old.
select id from api_key where secret_sha256 = $1 or former_secret_sha256 = $1;

-- name: rotate_api_key -> ApiKey
-- A secret that nobody knows any more cannot be the former one: of two, the older ends now.
with written as (
    update api_key set former_secret_sha256 = secret_sha256, former_ends_at = $3, secret_sha256 = $2,
        authority = 'owner', decision_id = null
    where name = $1 and revoked_at is null
    returning id, name, issuer_id, created_at, revoked_at, scopes, networks, expires_at, last_used_at, former_ends_at, authority
)
select w.id, w.name, w.issuer_id, i.issuer, w.created_at, w.revoked_at, w.scopes, w.networks::text[] as networks,
    w.expires_at, w.last_used_at, w.former_ends_at, w.authority
from written w
join issuer i on i.id = w.issuer_id;

-- name: limit_api_key -> ApiKey
with written as (
    update api_key set scopes = coalesce($2, scopes), networks = coalesce($3::text[]::cidr[], networks),
        expires_at = coalesce($4, expires_at), authority = 'owner', decision_id = null
    where name = $1 and revoked_at is null
    returning id, name, issuer_id, created_at, revoked_at, scopes, networks, expires_at, last_used_at, former_ends_at, authority
)
select w.id, w.name, w.issuer_id, i.issuer, w.created_at, w.revoked_at, w.scopes, w.networks::text[] as networks,
    w.expires_at, w.last_used_at, w.former_ends_at, w.authority
from written w
join issuer i on i.id = w.issuer_id;

-- name: note_keys_used
update api_key k set last_used_at = u.at
from unnest($1::integer[], $2::timestamptz[]) u (id, at)
where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at);

-- name: revoke_api_key -> RevokedApiKey
select r.id, r.name, r.revoked_at
from api_key k cross join revoke_key(k.id, $3) r
where ($1::text is null or k.name = $1) and ($2::integer is null or k.id = $2) and k.revoked_at is null;

-- name: roles_granted
select role from role_grant where person_id = $1 and taken_at is null;

-- name: grant_role
insert into role_grant (person_id, role, granted_at, authority) values ($1, $2, $3, 'owner')
on conflict (person_id, role) where taken_at is null do nothing;

-- name: take_role
update role_grant set taken_by = $3, taken_at = greatest($4, granted_at)
where person_id = $1 and role = $2 and taken_at is null returning id;

-- name: role_grants -> RoleGrant
-- Who was given roles here and still has them, the newest first.
select g.person_id, g.role, g.granted_by, g.granted_at, g.authority from role_grant g
where g.taken_at is null order by g.granted_at desc, g.id desc;

-- name: moved_subjects
select m.subject as former, p.subject as now from person_move m join person p on p.id = final_person(m.person_id)
where m.issuer_id = $1 and m.subject = any ($2::text[]) order by m.subject limit 1;

-- name: person_move -> PersonMove
select m.id, m.issuer_id, m.subject as former_subject, coalesce(m.to_subject, p.subject) as said_subject, p.subject, m.person_id,
    m.merged_id, m.moved_at, k.name as by_key
from person_move m join person p on p.id = m.person_id left join api_key k on k.id = m.key_id where m.id = $1;

-- name: person_moves -> PersonMove
-- The newest first; of everybody, or those that lead to or from somebody.
select m.id, m.issuer_id, m.subject as former_subject, coalesce(m.to_subject, p.subject) as said_subject, p.subject, m.person_id,
    m.merged_id, m.moved_at, k.name as by_key
from person_move m join person p on p.id = m.person_id left join api_key k on k.id = m.key_id
where (m.moved_at, m.id) < ($1, $2) and ($4::bigint is null or $4 in (m.person_id, m.merged_id))
order by m.moved_at desc, m.id desc limit $3;

-- name: merged_into
with recursive gone (id) as (
    select merged_id from person_move where person_id = $1 and merged_id is not null
    union select m.merged_id from gone g join person_move m on m.person_id = g.id and m.merged_id is not null)
select id from gone order by id;

-- name: said_operators -> SaidOperator
-- Whom only their platform calls one, the newest first.
select p.id as person_id, array(select r from unnest(p.platform_roles) r where r = any ($1::text[]) order by r) as roles,
    p.staff_since as since, greatest(p.said_at, (select max(s.created_at) from session s where s.person_id = p.id)) as seen_at
from person p join issuer i on i.id = p.issuer_id and i.active and i.removed_at is null
where p.platform_roles && $1::text[] and not exists (
    select from role_grant g where g.person_id = p.id and g.taken_at is null and g.role = any ($2::text[]))
order by p.staff_since desc nulls last, p.id desc offset $3 limit $4;

-- name: insert_session
-- Of the address is kept what may be.
insert into session (secret_sha256, person_id, roles, platform_session, created_at, expires_at, sealed_id_token, key_id, device,
    network, auth_time, acr)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
    network(set_masklen($10::text::inet, case family($10::text::inet) when 4 then 24 else 48 end))::text, $11, $12)
returning id;

-- name: sessions_of_operators
-- Which of some sessions are those of operators, and where they began. Who came by the code of a key is none.
select s.id, s.person_id, s.network from session s
where s.id = any ($1::bigint[]) and s.key_id is null and (s.roles && $2::text[] or exists (
    select from role_grant g where g.person_id = s.person_id and g.role = any ($2::text[]) and g.taken_at is null
))
order by s.id;

-- name: sessions_of -> OwnSession
select id, created_at, expires_at, last_used_at, device, network, key_id is not null as by_platform from session
where person_id = $1 and ended_at is null and expires_at > $2 order by created_at desc, id desc limit $3;

-- name: end_sessions_of
-- One, or all but one.
update session set ended_at = greatest($2, created_at), sealed_id_token = null
where person_id = $1 and ended_at is null and ($3::bigint is null or id = $3) and ($4::bigint is null or id <> $4)
returning id;

-- name: note_sessions_used
update session s set last_used_at = u.at
from unnest($1::bigint[], $2::timestamptz[]) u (id, at)
where s.id = u.id and (s.last_used_at is null or s.last_used_at < u.at);

-- name: session_by_secret -> StoredSession
-- Its roles as far as the platform may still give them. What a server's key began ends with the key.
select s.id, s.person_id, p.issuer_id, s.expires_at, s.key_id, k.scopes, s.auth_time, s.acr,
    array(
        select unnest(s.roles) intersect select unnest(i.allowed_roles) intersect select unnest(p.platform_roles)
    ) as roles
from session s join person p on p.id = s.person_id join issuer i on i.id = p.issuer_id
left join api_key k on k.id = s.key_id
where s.secret_sha256 = $1 and s.ended_at is null and s.expires_at > $2 and i.active and k.revoked_at is null;

-- name: end_session
-- The ID token is forgotten with it; who ends it is told it once more.
with ending as (
    select id, person_id, sealed_id_token from session where secret_sha256 = $1 and ended_at is null for update
), ended as (
    update session s set ended_at = greatest($2, s.created_at), sealed_id_token = null from ending e where s.id = e.id
    returning s.id
)
select e.id, p.issuer_id, e.sealed_id_token from ending e join ended using (id) join person p on p.id = e.person_id;

-- name: end_platform_sessions
-- Those of one sign-in at the platform, or, without one, all of a person.
update session s set ended_at = greatest($4, s.created_at), sealed_id_token = null
from person p
where p.id = s.person_id and p.issuer_id = $1 and s.ended_at is null
    and ($2::text is null or p.subject = $2) and ($3::text is null or s.platform_session = $3)
returning s.id;

-- name: stop_issuer
select stop_issuer($1);

-- name: ways_over
-- Of some ways in those that have ended: sessions, keys of servers, and platforms that are no longer accepted.
select w.kind, w.id from unnest($1::text[], $2::bigint[]) as w (kind, id)
left join session s on w.kind = 'session' and s.id = w.id and s.ended_at is null and s.expires_at > $3
left join api_key began on began.id = s.key_id
left join person p on p.id = s.person_id and began.revoked_at is null
left join api_key k on w.kind = 'key' and k.id = w.id and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > $3)
left join issuer i on i.id = coalesce(p.issuer_id, k.issuer_id, case w.kind when 'issuer' then w.id end)
where i.active is not true;

-- name: insert_sign_in_code
insert into sign_in_code (code_sha256, person_id, roles, next, created_at, expires_at, key_id)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: use_sign_in_code -> UsedCode
update sign_in_code c set used_at = $2
from api_key k join issuer i on i.id = k.issuer_id
where c.code_sha256 = $1 and c.used_at is null and c.expires_at > $2
    and k.id = c.key_id and k.revoked_at is null and i.active
returning c.person_id, c.roles, c.next, c.key_id;

-- name: keep_logout_token
insert into logout_token (issuer_id, token_id, expires_at) values ($1, $2, $3) on conflict do nothing returning token_id;

-- name: take_allowance
-- Nothing comes back when it was taken so often in this hour already.
insert into allowance_taken as a (person_id, kind, hour, times) values ($1, $2, $3, 1)
on conflict (person_id, kind) do update
set hour = excluded.hour, times = case when a.hour = excluded.hour then a.times + 1 else 1 end
where a.hour <> excluded.hour or a.times < $4
returning times;

-- Where they are mailed to.
-- name: mailbox_of -> Mailbox
select person_id, address, known_at, bounced_at, bounce, removed_at from person_email where person_id = $1;

-- name: note_addresses
-- What is known already, or not wanted, locks no row: it is said again with each token.
insert into person_email as e (person_id, address, known_at)
select said.person_id, said.address, $3 from unnest($1::bigint[], $2::text[]) said (person_id, address)
where not exists (
    select from person_email known
    where known.person_id = said.person_id and (known.removed_at is not null or known.address = said.address)
)
order by said.person_id
on conflict (person_id) do update
set address = excluded.address, known_at = excluded.known_at, bounced_at = null, bounce = '', key_id = acting_key()
where e.removed_at is null and e.address <> excluded.address;

-- name: forget_addresses
delete from person_email where person_id = any($1::bigint[]) and removed_at is null;

-- name: remove_address
insert into person_email as e (person_id, address, known_at, removed_at) values ($1, null, $2, $2)
on conflict (person_id) do update
set address = null, known_at = excluded.known_at, removed_at = excluded.removed_at, bounced_at = null, bounce = '',
    key_id = acting_key()
where e.removed_at is null;

-- name: allow_address
delete from person_email where person_id = $1 and removed_at is not null;

-- name: note_bounce
update person_email set bounced_at = $4, bounce = $3 where person_id = $1 and address is not null and known_at <= $2;
