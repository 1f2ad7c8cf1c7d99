-- What creators receive, and what is taken from them, as one log a shard that others follow, each with a cursor.
create table gift_log (
    shard smallint primary key,
    through bigint not null default 0 check (through >= 0)
) with (fillfactor = 50);
comment on table gift_log is
    'the last number in the log of a creators'' shard: deliveries and reversals, numbered from one without gaps';

alter table delivery
    add column log_no bigint,
    add column room_ids bigint[],
    add column seqs bigint[];

create table gift_log_reversal (
    shard smallint not null,
    log_no bigint not null,
    source_shard smallint not null,
    reversal_id uuid not null,
    creator_id bigint not null,
    direction text not null check (direction in ('take', 'return')),
    at timestamptz not null,
    primary key (shard, log_no),
    unique (shard, source_shard, reversal_id, creator_id, direction)
);
comment on table gift_log_reversal is 'that the creator''s part of gifts whose money went back was taken, or given back';

create table follower (
    name text not null,
    shard smallint not null,
    through bigint not null default 0 check (through >= 0),
    primary key (name, shard)
) with (fillfactor = 50);
comment on table follower is 'how far a follower has read the log of a shard';
grant select, insert, delete, update (through) on follower to plaudit_app;

-- What was delivered and taken back so far, in the order of its time.
create temporary table shown on commit drop as
    select d.shard, d.source_shard, d.through_batch_no,
        array_agg(f.room_id order by f.room_id) as room_ids, array_agg(f.seq order by f.room_id) as seqs
    from ledger_setting s
    cross join frame f
    cross join lateral (select (f.lines)[1] as line) l
    join gift g on g.shard = (l.line).viewer_id % s.shards and g.viewer_id = (l.line).viewer_id and g.id = (l.line).id
    join delivery d on d.shard = f.shard and d.source_shard = g.shard
        and g.batch_no between d.from_batch_no and d.through_batch_no
    where f.kind = 'gift'
    group by 1, 2, 3;
create temporary table entry on commit drop as
    select *, row_number() over (partition by shard order by at, kind, source_shard, through_batch_no, reversal_id, creator_id) as log_no
    from (
        select 1 as kind, shard, source_shard, through_batch_no, null::uuid as reversal_id, null::bigint as creator_id,
            null::text as direction, delivered_at as at
        from delivery
        union all
        select 2, creator_shard, shard, null, reversal_id, creator_id, direction, applied_at from clawback where applied_at is not null
    ) past;
update delivery d set log_no = e.log_no, room_ids = s.room_ids, seqs = s.seqs
from entry e left join shown s using (shard, source_shard, through_batch_no)
where e.kind = 1 and (d.shard, d.source_shard, d.through_batch_no) = (e.shard, e.source_shard, e.through_batch_no);
insert into gift_log_reversal select shard, log_no, source_shard, reversal_id, creator_id, direction, at from entry where kind = 2;
insert into gift_log (shard, through)
select s.shard, coalesce((select max(e.log_no) from entry e where e.shard = s.shard), 0)
from ledger_setting l, generate_series(0, l.shards - 1) as s (shard);

alter table delivery
    alter column log_no set not null,
    alter column room_ids set not null,
    alter column seqs set not null,
    add constraint delivery_frames_check check (cardinality(room_ids) = cardinality(seqs) and cardinality(seqs) > 0),
    add constraint delivery_in_log unique (shard, log_no);
