insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at, recorded_at, recorded_by)
values (2, 'EUR', 2, 5, 'operator', ' ', '2026-01-02Z', '2026-01-01Z', 7);
insert into payout_terms (version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max,
    effective_at, recorded_at, recorded_by, note)
values (2, 'bank_account', 25, 'USD', 50, 2000, 300000, '2026-01-02Z', '2026-01-02Z', 7, 'more');
insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at, recorded_by, note)
values (2, 1, 2, 60, 1, '2026-01-02Z', '2026-01-02Z', 7, 'less'), (3, 1, 1, 60, 1, '2026-01-02Z', '2026-01-02Z', null, 'house');
