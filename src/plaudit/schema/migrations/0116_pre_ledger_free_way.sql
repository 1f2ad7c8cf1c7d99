-- What was given follows from what was spent until the brake is asked again, so that gifts between write nothing of it.
alter table wallet
    add column given_spent bigint,
    add column free_through bigint,
    add column free_gift_max bigint,
    drop constraint wallet_brake_counts,
    drop constraint wallet_given_is_held;
update wallet set given_spent = spent, next_coin_worth = coalesce(next_coin_worth, 0) where brake_id is not null;
alter table wallet
    add constraint wallet_brake_counts check (num_nulls(brake_id, given, given_spent, next_coin_worth) in (0, 4)),
    add constraint wallet_goes_free_so_far check (spent <= free_through);
comment on column wallet.given is 'when the brake was last asked; each coin since given_spent is worth next_coin_worth more';
comment on column wallet.given_spent is 'how far the strip was spent when the brake was last asked';
comment on column wallet.free_through is 'until that coin of the strip no gift asks the brake, before brake_until; null: each asks';
comment on column wallet.free_gift_max is 'a gift of more coins asks the brake all the same';
