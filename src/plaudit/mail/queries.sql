-- Mails and what became of them.

-- name: add
-- Whoever sends is told at the commit; without it, they find it when they look.
with added as (
    insert into mail (mail_id, kind, shard, person_id, order_id, reversal_id, edition, created_at, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict on constraint mail_tells_each_thing_once do nothing
    returning true
)
select pg_notify('plaudit_work', 'mail.send') from added

-- columns: mail
m.mail_id, m.kind, m.shard, m.person_id, m.order_id, m.reversal_id, m.edition, m.created_at, m.state, m.reason, m.ended_at,
m.due_at, m.tries, m.leased_until, m.failed_with, m.error

-- name: claim_mails -> Mail
update mail m set tries = m.tries + 1, due_at = $2, leased_until = $2
from (select mail_id from mail where due_at <= $1 order by due_at limit $3 for update skip locked) due
where m.mail_id = due.mail_id
returning {mail}

-- name: postpone_mail
update mail set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and mail_id = $6 and state = 'waiting'
returning true

-- name: waiting_mails
-- What is told later, such as a reminder, is in it since then.
select greatest(created_at, least(due_at, $1)) as since, due_at, tries, leased_until, failed_with
from mail where due_at is not null

-- name: end_mail
update mail set state = $4, reason = $5, ended_at = $6, due_at = null, leased_until = null, failed_with = null, error = null
where tries = $1 and leased_until = $2 and mail_id = $3 and state = 'waiting'
returning true

-- name: give_up
update mail set state = 'refused', reason = $2, ended_at = $3, due_at = null, leased_until = null
where mail_id = $1 and state = 'waiting'

-- name: lock_mail -> Mail
select {mail} from mail m where mail_id = $1 for no key update

-- name: note_bounced
update mail set state = 'bounced', reason = $2 where mail_id = $1

-- name: repeat_mail
update mail set state = 'waiting', reason = '', ended_at = null, due_at = $2, tries = 0, failed_with = null, error = null
where mail_id = $1

-- name: mails_of_order -> Mail
select {mail} from mail m where shard = $1 and order_id = $2 order by created_at, mail_id

-- name: list_mails -> Mail
-- For operators, the newest first.
select {mail} from mail m
where ($1::text is null or state = $1) and ($2::bigint is null or person_id = $2) and ($3::uuid is null or mail_id < $3)
order by mail_id desc limit $4

-- name: count_not_delivered
-- Of the latest that were not: what is older than them is not looked at.
select count(*) filter (where ended_at > $1)
from (select ended_at from mail where state in ('refused', 'bounced') order by mail_id desc limit $2) m
