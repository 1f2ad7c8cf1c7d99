-- What was let go of because it was old enough: of each rule and day one line, about nobody. It is written by the functions
-- that delete; nobody takes a line away.

create table retention_day (
    rule text not null check (rule ~ '^[a-z]+(_[a-z]+)*$'),
    day date not null,
    days integer not null check (days > 0),
    through timestamptz not null,
    rows bigint not null check (rows >= 0),
    looked_at timestamptz not null check (looked_at > through),
    is_done boolean not null,
    primary key (rule, day)
);
comment on table retention_day is 'what was let go of on a day because it was old enough: how much, and up to when';
comment on column retention_day.days is 'the period in force';
comment on column retention_day.through is 'what is from then or older went';
comment on column retention_day.is_done is 'false: more of it was due when the last look ended';
grant select on retention_day to plaudit_app;

-- Where the words of rooms that are over were taken away.
alter table room
    add column words_through bigint not null default 0,
    add column words_gone_at timestamptz check (words_gone_at >= ended_at);
comment on column room.words_through is 'the last frame whose words were taken away because they are old';
create index room_with_words on room (ended_at, id) where ended_at is not null and words_gone_at is null;

-- By which what is old enough is found.
create index region_decision_with_places on region_decision (decided_at)
    where network is not null or evidence @? '$[*] ? (@.detail != "")';
create index rule_decision_with_places on rule_decision (decided_at) where countries <> '{}';
create index age_assurance_over on age_assurance (least(revoked_at, until)) where revoked_at is not null or until is not null;
create index mail_ended on mail (ended_at) where ended_at is not null;
create index recharge_order_with_addresses on recharge_order (created_at)
    where return_url <> '' or checkout_url is not null or voucher is not null or poll_error is not null;
create index payout_method_archived on payout_method (archived_at) where archived_at is not null and holder_name <> '';
create index payout_quote_by_end on payout_quote (expires_at);
create index data_export_by_time on data_export (asked_at desc, id desc);
create index data_export_made on data_export (ready_at) where state = 'ready';
create index erasure_by_time on erasure (asked_at desc, id desc);

-- By which it is known who is held.
create index reversal_open on reversal (person_id) where state in ('requested', 'sent', 'opened');
