-- What is mailed to people, and where to.

create table person_email (
    person_id bigint primary key references person (id),
    address text check (char_length(address) <= 254 and address ~ '^[!-~]+@[A-Za-z0-9.-]+$'
        and address !~ '[][<>()",:;\\]'),
    known_at timestamptz not null,
    bounced_at timestamptz,
    bounce text not null default '' check (char_length(bounce) <= 500),
    removed_at timestamptz,
    constraint email_is_kept_or_removed check ((address is null) = (removed_at is not null)),
    constraint email_that_bounced_is_kept check (bounced_at is null or address is not null)
);
comment on table person_email is
    'where somebody is mailed to, as their platform proved or told it; removed: they want none, and it is not kept';
grant select, insert, update, delete on person_email to plaudit_app;

create table mail (
    mail_id uuid primary key,
    kind text not null check (kind in ('receipt', 'credit_note', 'withdrawal', 'voucher', 'voucher_reminder')),
    shard smallint not null,
    person_id bigint not null references person (id),
    order_id uuid not null,
    reversal_id uuid,
    edition text not null default '' check (char_length(edition) <= 200),
    created_at timestamptz not null,
    state text not null default 'waiting'
        check (state in ('waiting', 'sent', 'handed_over', 'dropped', 'refused', 'bounced')),
    reason text not null default '' check (char_length(reason) <= 500),
    ended_at timestamptz,
    due_at timestamptz,
    tries integer not null default 0 check (tries >= 0),
    leased_until timestamptz,
    failed_with text,
    error text,
    constraint mail_tells_each_thing_once unique nulls not distinct (shard, order_id, kind, reversal_id, edition),
    constraint mail_is_due_while_waiting check ((state = 'waiting') = (due_at is not null)),
    constraint mail_ends_once check ((state = 'waiting') = (ended_at is null)),
    constraint mail_is_of_a_reversal check ((kind in ('credit_note', 'withdrawal')) = (reversal_id is not null))
);
comment on table mail is 'what a buyer is to be mailed of an order, written in the transaction of what it tells';
comment on column mail.edition is 'of several of one kind: the act of a credit note, the numbers of a voucher';
comment on column mail.state is
    'handed_over: the host was told and mails it; dropped: nothing to mail, or nowhere; refused: by the mail server for good';
create index mail_due on mail (due_at) where due_at is not null;
create index mail_of_person on mail (person_id, mail_id);
create index mail_not_delivered on mail (mail_id) where state in ('refused', 'bounced');
grant select, insert on mail to plaudit_app;
grant update (state, reason, ended_at, due_at, tries, leased_until, failed_with, error) on mail to plaudit_app;
