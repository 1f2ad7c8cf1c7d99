-- Since when a platform calls somebody an operator, and people who turned out to be one.

alter table person add column staff_since timestamptz;
comment on column person.staff_since is 'since when their platform says without a break that they are an operator; null: it does not, or did before this was kept';
create index person_called_staff on person (staff_since desc, id desc)
    where platform_roles && '{operator,owner,support,finance,pricing,catalogue,safety,auditor}';

-- How much is paid to an account of which nobody can say whether it is in the creator's name, without a person who looks at it.
insert into decision_bound (name, version, value, recorded_at) values ('payout_unnamed_diamonds', 1, 0, now());
