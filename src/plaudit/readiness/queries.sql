-- What the database tells of itself and of those who look after it.

-- name: database_facts -> DatabaseFacts
select current_setting('server_version') as version, current_setting('server_version_num')::integer as version_number,
    current_database()::text as name, pg_is_in_recovery() as is_standby, current_setting('fsync') = 'on' as is_durable,
    inet_server_addr() is null or inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() <<= '::1'
        or coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_private

-- name: database_time
select clock_timestamp()

-- name: has_quote_key
select exists (select from vault_key where purpose = 'quote')

-- name: owners_named
-- Who was made an operator before there were other roles is an owner.
select count(distinct person_id)::integer from role_grant where role in ('owner', 'operator') and taken_at is null

-- name: last_messages -> LastMessage
select p.provider, e.received_at
from unnest($1::text[]) p (provider)
left join lateral (
    select received_at from webhook_event e
    where e.side = 'payments' and e.provider = p.provider order by received_at desc limit 1
) e on true

-- name: backup_facts -> BackupFacts
select a.archived_count > 0 as has_archived, a.last_archived_time as archived_at, a.last_failed_time as failed_at,
    (select max(taken_at) from backup) as taken_at
from pg_stat_archiver a

-- name: note_backup
insert into backup (taken_at, recorded_at, note) values ($1, $2, $3) on conflict (taken_at) do nothing

-- name: last_trial
select max(tried_at) from backup_trial

-- name: note_trial
insert into backup_trial (tried_at, note) values ($1, $2) on conflict (tried_at) do nothing
