-- Somebody came back from a backup, to see that it can be done.
create table backup_trial (
    tried_at timestamptz primary key,
    note text not null default '' check (length(note) <= 200)
);
comment on table backup_trial is 'said by `plaudit backup tried` after a drill';
grant select, insert on backup_trial to plaudit_app;
