-- By whose word a key, a platform or a role holds: a decision of two, or whoever owns the tables, on the command line.

alter table api_key
    add column authority text not null default 'owner' check (authority in ('owner', 'decision')),
    add column decision_id uuid unique references decision (id),
    add constraint api_key_names_its_decision check ((authority = 'decision') = (decision_id is not null));
alter table issuer
    add column authority text not null default 'owner' check (authority in ('owner', 'decision')),
    add column decision_id uuid unique references decision (id),
    add constraint issuer_names_its_decision check ((authority = 'decision') = (decision_id is not null));
-- One operator gave roles before they took two.
alter table role_grant
    add column authority text not null default 'operator' check (authority in ('owner', 'decision', 'operator')),
    add column decision_id uuid unique references decision (id),
    add constraint role_grant_names_its_decision check ((authority = 'decision') = (decision_id is not null));
update role_grant set authority = 'owner' where granted_by is null;
comment on column api_key.authority is 'by whose word it may what it may';
comment on column issuer.authority is 'by whose word it is believed so';
comment on column role_grant.authority is 'by whose word; operator: by one, before it took two';
