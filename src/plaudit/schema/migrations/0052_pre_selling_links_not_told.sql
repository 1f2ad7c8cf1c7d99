-- A report that its store has no way to hear of, or that an operator closed, is no work for anybody.
alter table store_link_report drop constraint store_link_report_state_check;
alter table store_link_report
    add constraint store_link_report_state_check check (state in ('waiting', 'reported', 'refused', 'not_told')),
    add closed_by bigint references person (id),
    add resolution text check (length(resolution) between 1 and 1000),
    add constraint store_link_report_is_closed_with_words check (
        num_nulls(closed_by, resolution) in (0, 2) and (resolution is null or state = 'not_told'));
comment on column store_link_report.resolution is 'why an operator has its store not told of it; null: the store has no way to hear of it';
grant update (closed_by, resolution) on store_link_report to plaudit_app;
