-- Backups, as whoever takes them says: a dump outside the database leaves no trace inside it.
create table backup (
    taken_at timestamptz primary key,
    recorded_at timestamptz not null default now(),
    note text not null default '' check (length(note) <= 200),
    check (taken_at <= recorded_at)
);
comment on table backup is 'said by `plaudit backup taken` after each dump; the archive of the write-ahead log tells of itself';

grant select, insert on backup to plaudit_app;
