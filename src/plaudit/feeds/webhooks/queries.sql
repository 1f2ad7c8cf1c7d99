-- Endpoints of hosts, what they are told, and the tries.

-- name: insert_endpoint
insert into webhook_endpoint (id, url, description, kinds, platform, created_at, created_by, told_through)
select $1, $2, $3, $4, $5, $6, $7, l.last from event_log l
on conflict (id) do nothing returning id;

-- name: count_endpoints
select count(*) from webhook_endpoint where removed_at is null;

-- name: endpoints -> Endpoint
-- One, or a page of them, newest first.
select e.id, e.url, e.description, e.kinds, e.platform, e.created_at, e.told_through, e.lost_through,
    e.failures_in_a_row, e.failing_since, e.rest_until, e.paused_at, e.pause_reason,
    (select count(*) from webhook_delivery d where d.endpoint_id = e.id and d.state = 'waiting') as waiting,
    (select count(*) from webhook_delivery d where d.endpoint_id = e.id and d.state = 'parked') as parked,
    t.at as last_try_at, t.status as last_status
from webhook_endpoint e
left join lateral (select at, status from webhook_try where endpoint_id = e.id order by at desc, id desc limit 1) t on true
where e.removed_at is null and (e.id = $1 or $1 is null) and (e.created_at, e.id) < ($2, $3::uuid)
order by e.created_at desc, e.id desc limit $4;

-- name: endpoints_in_trouble
-- Those that were paused because they fail or want nothing, and those that have given up events or lost some.
select count(*) from webhook_endpoint e
where e.removed_at is null and (
    e.pause_reason in ('failing', 'gone') or e.lost_through > 0
    or exists (select from webhook_delivery d where d.endpoint_id = e.id and d.state = 'parked')
);

-- name: change_endpoint
update webhook_endpoint set url = $2, description = $3, kinds = $4 where id = $1;

-- name: pause_endpoint
update webhook_endpoint set paused_at = $2, pause_reason = $3
where id = $1 and paused_at is null and removed_at is null returning id;

-- name: resume_endpoint
update webhook_endpoint
set paused_at = null, pause_reason = null, failures_in_a_row = 0, failing_since = null, rest_until = null,
    lost_through = 0
where id = $1;

-- name: hurry_waiting
-- What waits gets all its tries again, beginning now.
update webhook_delivery set due_at = $2, tries = 0 where endpoint_id = $1 and state = 'waiting';

-- name: remove_endpoint
update webhook_endpoint set removed_at = $2 where id = $1;

-- name: forget_deliveries
delete from webhook_delivery where endpoint_id = $1;

-- name: forget_secrets
delete from webhook_secret where endpoint_id = $1;

-- name: next_secret
select coalesce(max(number), 0) + 1 from webhook_secret where endpoint_id = $1;

-- name: insert_secret
insert into webhook_secret (endpoint_id, number, sealed, created_at) values ($1, $2, $3, $4);

-- name: end_secret
update webhook_secret set expires_at = $2 where endpoint_id = $1 and expires_at is null;

-- name: forget_expired_secrets
delete from webhook_secret where endpoint_id = $1 and expires_at <= $2;

-- name: secrets_of
-- The newest first.
select number, secret, sealed from webhook_secret
where endpoint_id = $1 and (expires_at is null or expires_at > $2) order by number desc;

-- name: lock_endpoint
select id from webhook_endpoint where id = $1 and removed_at is null for no key update;

-- Following the log

-- name: wants_gifts
select exists (select from webhook_endpoint where removed_at is null and kinds && $1::text[]);

-- name: take_events
-- Put the next events of the log before the endpoints they are for, and move their cursors; one process an endpoint.
-- What is told again waits anew.
with behind as materialized (
    select e.id, e.told_through, e.kinds, e.platform from webhook_endpoint e
    where e.removed_at is null and e.paused_at is null and e.told_through < (select last from event_log)
    order by e.id limit $3 for no key update skip locked
), seen as materialized (
    select b.id as endpoint_id, v.position, v.subject,
        (v.platform = b.platform or b.platform is null)
        and (v.type = any (b.kinds || $5::text[]) or (cardinality(b.kinds) = 0 and v.type <> all ($4::text[]))) as is_for_it
    from behind b cross join lateral (
        select v.position, v.subject, v.platform, v.type from event v where v.position > b.told_through order by v.position limit $2
    ) v
), added as (
    insert into webhook_delivery as d (endpoint_id, position, subject, due_at)
    select endpoint_id, position, subject, $1 from seen where is_for_it
    on conflict (endpoint_id, position) do update
    set state = 'waiting', tries = 0, due_at = excluded.due_at, leased_until = null, settled_at = null
    where d.state <> 'waiting'
)
update webhook_endpoint e
set told_through = greatest(
        e.told_through, coalesce((select max(s.position) from seen s where s.endpoint_id = e.id), l.last)
    ),
    lost_through = case when e.told_through < l.forgotten_through then l.forgotten_through else e.lost_through end
from behind b cross join event_log l
where e.id = b.id
returning e.id;

-- name: claim -> Claimed
-- The next events of endpoints that are not paused and do not rest: of each subject the earliest only, so that none
-- overtakes another; so many of one endpoint, in all processes. A process that dies loses its lease.
with open as (
    select e.id, e.url,
        greatest(0, case when e.failures_in_a_row >= $4 then 1 else $5 end - (
            select count(*) from webhook_delivery d
            where d.endpoint_id = e.id and d.state = 'waiting' and d.leased_until > $1
        )) as free
    from webhook_endpoint e
    where e.removed_at is null and e.paused_at is null and (e.rest_until is null or e.rest_until <= $1)
    for no key update of e skip locked
), chosen as (
    select o.id, o.url, d.position from open o cross join lateral (
        select d.position from webhook_delivery d
        where d.endpoint_id = o.id and d.state = 'waiting' and d.due_at <= $1
            and (d.leased_until is null or d.leased_until <= $1)
            and not exists (
                select from webhook_delivery b
                where b.endpoint_id = d.endpoint_id and b.subject = d.subject and b.state = 'waiting'
                    and b.position < d.position
            )
        order by d.position limit o.free
    ) d
    limit $3
)
update webhook_delivery d set tries = d.tries + 1, leased_until = $2
from chosen c join event v on v.position = c.position
where d.endpoint_id = c.id and d.position = c.position and d.state = 'waiting'
    and (d.leased_until is null or d.leased_until <= $1)
returning d.endpoint_id, d.position, d.tries, c.url, v.id, v.type, v.at, v.subject, v.platform, v.data,
    v.key_id, (select epoch from ledger_setting) as epoch;

-- name: insert_try
insert into webhook_try (id, endpoint_id, position, event_id, type, at, duration_ms, status, error, answer)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: settle
-- Only by who holds it: a lease that ended is another's.
update webhook_delivery
set state = $4, settled_at = case when $4 = 'waiting' then null else $5::timestamptz end, due_at = $6, leased_until = null,
    failed_with = $7
where endpoint_id = $1 and position = $2 and state = 'waiting' and tries = $3 and leased_until is not null
returning position;

-- name: waiting_deliveries
-- Those of endpoints that are paused wait for a person.
select v.at as since, d.due_at, d.tries, d.leased_until, d.failed_with
from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint_id join event v on v.position = d.position
where d.state = 'waiting' and e.removed_at is null and e.paused_at is null;

-- name: note_success
update webhook_endpoint set failures_in_a_row = 0, failing_since = null, rest_until = null
where id = $1 and failures_in_a_row > 0;

-- name: note_failure
update webhook_endpoint
set failures_in_a_row = failures_in_a_row + 1, failing_since = coalesce(failing_since, $2)
where id = $1 returning failures_in_a_row, failing_since;

-- name: rest
update webhook_endpoint set rest_until = $2 where id = $1;

-- Looking

-- name: deliveries -> Delivery
select d.position, v.id as event_id, v.type, v.at, d.subject, d.state, d.tries, d.due_at, d.settled_at
from webhook_delivery d join event v on v.position = d.position
where d.endpoint_id = $1 and (d.state = $2 or $2 is null) and d.position < $3
order by d.position desc limit $4;

-- name: tries -> Try
select id, endpoint_id, position, event_id, type, at, duration_ms, status, error, answer from webhook_try
where endpoint_id = $1 and (position = $2 or $2 is null) and (at, id) < ($3, $4::uuid)
order by at desc, id desc limit $5;

-- name: replay_one
update webhook_delivery set state = 'waiting', tries = 0, due_at = $3, leased_until = null, settled_at = null
where endpoint_id = $1 and position = $2 and state <> 'waiting' returning position;

-- name: replay_from
update webhook_endpoint e set told_through = least(e.told_through, greatest($2, l.forgotten_through)) from event_log l
where e.id = $1 returning e.told_through;
