-- Lives of the database. One ends when its data may have gone back: restored to a moment, copied, or a standby promoted
-- that had not heard all. What was told after that moment is void: cursors, numbers, and payouts that were made since.
create table database_life (
    epoch integer primary key check (epoch > 0),
    place text not null,
    began_at timestamptz not null,
    payouts_compared_at timestamptz check (payouts_compared_at >= began_at)
);
comment on table database_life is 'the newest is that of ledger_setting.epoch; a database that was never served has none';
comment on column database_life.place is 'server, timeline, database and table: after a restore one of them is another';
comment on column database_life.payouts_compared_at is 'until then no payout leaves: what left in the life before may not be known here';
grant select on database_life to plaudit_app;
