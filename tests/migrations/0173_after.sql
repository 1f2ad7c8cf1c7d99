-- Each year has one of each form, and the application changes none.
select y, f.form from generate_series(2020, 2027) y cross join (values ('1099-NEC'), ('1099-K')) f (form)
where not exists (select from earnings_threshold t where t.form = f.form and t.from_year <= y);
select 'change' where has_any_column_privilege('plaudit_app', 'earnings_threshold', 'insert, update')
    or has_table_privilege('plaudit_app', 'earnings_threshold', 'delete');
