-- Questions to somebody's wallet for a proof of age; what it proved is an age_assurance, and no document is kept.
create table age_request (
    id uuid primary key,
    person_id bigint not null references person (id),
    nonce text not null unique check (length(nonce) >= 32),
    made_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > made_at),
    refused_with text check (refused_with ~ '^[a-z]+(_[a-z]+)*$'),
    used_at timestamptz check (used_at >= made_at),
    assurance_id uuid,
    constraint age_request_is_used_for_something check ((used_at is null) = (assurance_id is null))
);
comment on column age_request.refused_with is 'what was wrong with what was presented last';
create index age_request_of_person on age_request (person_id, made_at desc);
grant select, insert (id, person_id, nonce, made_at, ends_at), update (refused_with, used_at, assurance_id), delete
    on age_request to plaudit_app;
