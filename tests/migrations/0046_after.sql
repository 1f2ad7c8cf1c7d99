-- No store is told of what did not begin in its app.
select report_id from store_link_report;
