-- The gifts of a viewer, from each to the one charged before it. The key of gift is in the order of time, and no other
-- index leads from a viewer to their gifts: a charge would write it at random places.

-- How many gifts of a viewer are from one milestone to the next.
create or replace function gifts_between_milestones() returns integer language sql immutable as $$ select 256 $$;

-- From a gift (null: the newest) back to the one that spent the coin p_down_to, the newest first; those that were charged
-- before it are not looked at. It is planned as a part of the statement that asks, so that a limit there ends the walk: for
-- that it is one statement, and sets nothing.
create or replace function gifts_of(p_shard smallint, p_viewer_id bigint, p_from_gift_id uuid, p_down_to bigint)
returns setof gift language sql stable as $$
    with recursive walk as (
        select g as step from wallet w join gift g
            on g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = coalesce(p_from_gift_id, w.newest_gift_id)
        where w.shard = p_shard and w.viewer_id = p_viewer_id
        union all
        select before.step from walk cross join lateral (
            select g as step from gift g
            where g.shard = p_shard and g.viewer_id = p_viewer_id and g.id = (walk.step).previous_gift_id
                and (walk.step).spent_before > p_down_to
            limit 1 -- one look-up, whatever the planner thinks of the table
        ) before
    )
    select (step).* from walk
$$;

-- Those that spent coins from p_start_coin until before p_end_coin, the newest first: at most a milestone's more are
-- looked at. It is planned as a part of the statement that asks.
create or replace function gifts_between(p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_end_coin bigint)
returns setof gift language sql stable as $$
    select g.* from (
        select (
            select m.gift_id from gift_milestone m
            where m.shard = p_shard and m.viewer_id = p_viewer_id and m.spent_before >= p_end_coin
            order by m.spent_before limit 1
        ) as gift_id
    ) milestone cross join lateral gifts_of(p_shard, p_viewer_id, milestone.gift_id, p_start_coin) g
    where g.spent_before < p_end_coin and g.spent_before + g.coins > p_start_coin
$$;
