-- Each is where it was, and nobody has closed it.
select kind, state from store_link_report where provider = 'google'
    and (kind, state, closed_by, resolution) is distinct from
    (kind, case kind when 'no_sale' then 'refused' else 'waiting' end, null::bigint, null::text)
union all select 'none', null where (select count(*) from store_link_report where provider = 'google') <> 2;
