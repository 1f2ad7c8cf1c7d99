-- All of it still does, and names what it named.
select 'freezes' where (select count(*) from freeze_record) <> 3;
select id from freeze_record where gift_id is not null or conversion_id is not null or (what = 'lot') <> (lot_id is not null);
