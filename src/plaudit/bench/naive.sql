-- The plain way, as a yardstick: one function call and one transaction a gift, both sides at once, an outbox row for the
-- screens. The same checks and the same columns as the real thing.
create table naive_wallet (viewer_id bigint primary key, coins bigint not null check (coins >= 0), spent bigint not null)
    with (fillfactor = 50);
create table naive_balance (creator_id bigint primary key, balance bigint not null check (balance >= 0)) with (fillfactor = 50);
create table naive_gift (like gift including constraints including defaults, primary key (shard, id, viewer_id));
create table naive_outbox (id bigint generated always as identity primary key, room_id bigint not null, body jsonb not null);
-- What inserting the rows of gifts costs, and nothing else: the same columns, checks, key and partitioning.
create table bare_gift (like gift including constraints including defaults, primary key (shard, id, viewer_id)) partition by range (id);
create table bare_gift_always partition of bare_gift for values from (minvalue) to (maxvalue);

create function naive_send(
    p_id uuid, p_viewer bigint, p_creator bigint, p_room bigint, p_item integer, p_count integer, p_coins bigint, p_at timestamptz
) returns text language plpgsql as $$
declare
    known naive_gift;
    remaining bigint;
    spent_before bigint;
begin
    select * into known from naive_gift where shard = 0 and viewer_id = p_viewer and id = p_id;
    if found then
        return case when (known.creator_id, known.coins) = (p_creator, p_coins) then 'repeated' else 'conflict' end;
    end if;
    update naive_wallet set coins = coins - p_coins, spent = spent + p_coins
    where viewer_id = p_viewer and coins >= p_coins returning coins, spent - p_coins into remaining, spent_before;
    if not found then
        return 'insufficient';
    end if;
    insert into naive_gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after,
        combo_id, combo_count, creator_shard, batch_no, charged_at, previous_gift_id)
    values (0, p_viewer, p_id, p_creator, p_room, p_item, p_count, p_coins, spent_before, remaining, p_id, p_count, 0, 0, p_at,
        case when spent_before > 0 then p_id end);
    insert into naive_outbox (room_id, body) values (p_room,
        jsonb_build_object('id', p_id, 'viewer', p_viewer, 'item', p_item, 'count', p_count, 'coins', p_coins));
    update naive_balance set balance = balance + p_coins where creator_id = p_creator;
    return 'posted';
end $$;
