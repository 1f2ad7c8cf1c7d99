-- A migrated database is ready for gifts; a daily job makes the partitions of later months.
select ensure_gift_partitions(now(), 3);
