-- How long it took nobody knows, and it is none that ran by itself.
select run_no from audit_run where took_ms is not null or by_itself;
select 'gone' where (select count(*) from audit_run) <> 1;
