-- What people report of others who pretend to be us, or sell what only we sell.
create table scam_report (
    id uuid primary key,
    person_id bigint references person (id),
    kind text not null check (kind in ('shop', 'message', 'person', 'document', 'other')),
    about text not null default '' check (length(about) <= 300),
    words text not null check (words ~ '\S' and length(words) <= 2000),
    reported_at timestamptz not null,
    state text not null default 'new' check (state in ('new', 'looked_at', 'confirmed', 'not_confirmed')),
    reply text check (reply ~ '\S' and length(reply) <= 1000),
    answered_by bigint references person (id),
    answered_at timestamptz check (answered_at >= reported_at),
    key_id integer default acting_key(),
    constraint scam_report_is_new_or_answered check (
        (state = 'new') = (answered_at is null) and (answered_at is null) = (answered_by is null)),
    constraint scam_report_ends_with_a_reply check (state not in ('confirmed', 'not_confirmed') or reply is not null)
);
comment on column scam_report.person_id is 'null: somebody who was not signed in';
comment on column scam_report.about is 'an address, a name, a number; as it was typed';
comment on column scam_report.reply is 'what who reported it reads';
create index scam_report_by_time on scam_report (reported_at desc, id desc);
create index scam_report_open on scam_report (reported_at) where state in ('new', 'looked_at');
create index scam_report_of_person on scam_report (person_id) where person_id is not null;

grant select, insert, update (state, reply, answered_by, answered_at) on scam_report to plaudit_app;
