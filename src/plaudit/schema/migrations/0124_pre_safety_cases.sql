-- What people do in a case: freezes, notices and appeals; and accounts that may be one person's, for an operator to link.

create table safety_freeze (
    freeze_id uuid primary key references freeze_record (id),
    case_id uuid not null references safety_case (id)
);
comment on table safety_freeze is 'what stands still because of a case';
create index safety_freeze_of_case on safety_freeze (case_id);
grant select, insert on safety_freeze to plaudit_app;

alter table safety_case add column notice text check (notice in ('checked', 'restricted')),
    add constraint case_notice_is_of_a_decision check (notice is null or outcome is not null);
comment on column safety_case.notice is 'what its person reads of the decision; null: they are not told';
grant update (notice) on safety_case to plaudit_app;

-- Somebody says that something of theirs is held wrongly. It is taken whether there is a case or not: who asks learns nothing.
create table safety_appeal (
    id uuid primary key,
    person_id bigint not null references person (id),
    text text not null check (text ~ '\S' and length(text) <= 2000),
    made_at timestamptz not null,
    case_id uuid references safety_case (id),
    answer text check (answer ~ '\S' and length(answer) <= 2000),
    answered_by bigint references person (id),
    answered_at timestamptz check (answered_at >= made_at),
    key_id integer default acting_key(),
    constraint appeal_is_answered_whole check (num_nulls(answer, answered_by, answered_at) in (0, 3)),
    constraint appeal_is_answered_by_another check (answered_by <> person_id)
);
comment on column safety_appeal.case_id is 'the one that was open, or decided last; null: there was none';
create unique index safety_appeal_is_open on safety_appeal (person_id) where answered_at is null;
create index safety_appeal_of_person on safety_appeal (person_id, made_at desc);
create index safety_appeal_newest on safety_appeal (made_at desc, id desc);
grant select, insert (id, person_id, text, made_at, case_id), update (answer, answered_by, answered_at) on safety_appeal to plaudit_app;

create table link_proposal (
    id uuid primary key,
    person_id bigint not null references person (id),
    other_id bigint not null references person (id),
    kinds text[] not null check (cardinality(kinds) > 0),
    proposed_at timestamptz not null,
    verdict text check (verdict in ('linked', 'apart')),
    decided_by bigint references person (id),
    decided_at timestamptz check (decided_at >= proposed_at),
    link_id uuid references person_link (id),
    constraint proposal_in_order check (person_id < other_id),
    constraint proposal_is_decided_whole check (num_nulls(verdict, decided_by, decided_at) in (0, 3)),
    constraint proposal_links check ((link_id is not null) = (verdict is not distinct from 'linked')),
    constraint proposal_is_made_once unique (person_id, other_id)
);
comment on table link_proposal is 'accounts that were seen with the same instruments: an operator links them, or says that they are two people''s';
create index link_proposal_open on link_proposal (proposed_at desc, id desc) where verdict is null;
create index link_proposal_newest on link_proposal (proposed_at desc, id desc);
grant select, insert (id, person_id, other_id, kinds, proposed_at), update (verdict, decided_by, decided_at, link_id) on link_proposal
    to plaudit_app;
