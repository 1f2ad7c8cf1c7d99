-- Since when a platform calls somebody an operator, and people who turned out to be one.

alter table person add column staff_since timestamptz;
comment on column person.staff_since is 'since when their platform says without a break that they are an operator; null: it does not, or did before this was kept';
create index person_called_staff on person (staff_since desc, id desc)
    where platform_roles && '{operator,owner,support,finance,pricing,catalogue,safety,auditor}';
