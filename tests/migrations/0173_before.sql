-- Nothing was reported before: thresholds are rows that come with the table.
select 1;
