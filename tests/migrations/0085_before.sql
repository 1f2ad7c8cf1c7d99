-- A price book that an operator published alone, and a tax rate that one decided alone.
set session_replication_role = replica;

insert into price_book (version, effective_at, rates_date, note, sources, rates, published_at, published_by)
values (9085, '2026-01-01Z', '2026-01-01', 'alone', '{}', '{}', '2026-01-01Z', 9085);
insert into tax_rate (country, name, rate_bps, valid_from, source, is_override, recorded_at, recorded_by, request_id)
values ('XK', 'TVSH', 1800, '2026-01-01', 'alone', true, '2026-01-01Z', 9085, gen_random_uuid());
