-- Each has the nearest that can be; one that could be is as it was.
select v.external_id, v.published_at, v.told_at
from video v join (values
    ('m-first', '1970-01-01Z'::timestamptz, '1970-01-01Z'::timestamptz),
    ('m-last', '2999-12-31 23:59:59Z', '2026-01-01Z'),
    ('m-none', null, '1970-01-01Z'),
    ('m-good', '2026-01-02Z', '2026-01-01Z')
) as w (external_id, published_at, told_at) using (external_id)
where (v.published_at, v.told_at) is distinct from (w.published_at, w.told_at)
union all select 'none', null, null where (select count(*) from video where external_id like 'm-%') <> 4;
