-- From which sum on the United States want to be told of what somebody was paid, by form and year. A row holds until a later one.
create table earnings_threshold (
    form text not null check (form in ('1099-NEC', '1099-K')),
    from_year smallint not null,
    amount_minor bigint not null check (amount_minor > 0),
    reached boolean not null,
    gifts_over integer not null check (gifts_over >= 0),
    source text not null check (source ~ '\S'),
    primary key (form, from_year)
);
comment on table earnings_threshold is 'in US cents, before fees';
comment on column earnings_threshold.reached is 'whether the sum itself is reported already, or only what is above it';
comment on column earnings_threshold.gifts_over is 'only who had more than so many, too';
insert into earnings_threshold (form, from_year, amount_minor, reached, gifts_over, source) values
    ('1099-NEC', 2020, 60000, true, 0, '26 USC 6041A(a), 6041(a)'),
    ('1099-NEC', 2026, 200000, true, 0, 'Pub. L. 119-21 sec. 70433: 2,000 USD for payments after 2025; indexed after 2026'),
    ('1099-K', 2012, 2000000, false, 200, '26 USC 6050W(e); for 2022 and 2023 by Notices 2023-10 and 2023-74'),
    ('1099-K', 2024, 500000, false, 0, 'Notice 2024-85, for 2024'),
    ('1099-K', 2025, 2000000, false, 200, 'Pub. L. 119-21 sec. 70432: as before the American Rescue Plan Act');
grant select on earnings_threshold to plaudit_app;
