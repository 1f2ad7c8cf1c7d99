-- What creators owe after gifts were taken back: let off by decision, and recovered from what comes back after that.
insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('debt_written_off', 'diamonds_issued', 'diamonds_available', 'what a creator owed and is let off'),
    ('write_off_recovered', 'diamonds_available', 'diamonds_issued', 'what came back after the creator was let off it');

create table debt_write_off (
    shard smallint not null,
    decision_id uuid not null references decision (id),
    creator_id bigint not null,
    diamonds bigint not null check (diamonds > 0),
    reason text not null,
    written_off_at timestamptz not null,
    primary key (shard, decision_id)
);
create index debt_write_off_of_creator on debt_write_off (shard, creator_id);
create index debt_write_off_in_order on debt_write_off (written_off_at, decision_id);
grant select, insert on debt_write_off to plaudit_app;

alter table clawback_part add column diamonds_recovered bigint not null default 0;
alter table clawback_part add constraint clawback_part_recovers_what_came_back
    check (diamonds_recovered between 0 and coalesce(diamonds_returned, 0)) not valid;
grant update (diamonds_recovered) on clawback_part to plaudit_app;

-- Those who owe are few and found without looking at everybody.
create index account_overdrawn on account (shard, owner_id) where overdraft > 0;

-- As for all that gives diamonds: no cause, no diamonds.
create function write_offs_have_a_cause() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform from debt_write_off w
    where w.shard = new.shard and w.decision_id = new.reference and (w.creator_id, w.diamonds) = (new.credit_owner, new.amount);
    if not found then
        raise check_violation using message = format('%s of %s diamonds has no cause', new.reason, new.amount),
            constraint = 'diamonds_have_a_cause', table = 'transfer';
    end if;
    return null;
end $$;
revoke execute on function write_offs_have_a_cause from public;
create constraint trigger write_offs_have_a_cause after insert on transfer deferrable initially deferred
    for each row when (new.reason = 'debt_written_off') execute function write_offs_have_a_cause();
