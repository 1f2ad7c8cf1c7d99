-- What the application may do with the books: read them, and call the functions above. Nothing else.
revoke all on all tables in schema public from public;
revoke execute on all functions in schema public from public;
grant usage on schema public to plaudit_app;
grant select on ledger_setting, account_kind, transfer_reason, account, transfer, wallet, lot, strip, gift, gift_part, gift_milestone,
    charge_stream, gift_batch, gift_balance, delivery_stream, delivery, gift_log, gift_log_reversal, room_head, frame,
    message_removal, promotional_part, promotional_before, balance, journal, lot_state, frozen_receiver, brake, brake_creator,
    brake_rule to plaudit_app;
grant execute on function charge_gifts(
    smallint, timestamptz, integer, gift_line[], smallint[], boolean[], integer[], bigint[]) to plaudit_app;
-- charge has a namesake in pg_catalog: "char" greater or equal.
grant execute on function shard_of, public.charge, streams_waiting, deliver, append_frame, log_reversal, post, lock_money, fund,
    take_back, put_back, expire_lots, hold, spend_hold, release_hold,
    remove_message, delivery_hash, line_of, part_of, gifts_of, gifts_between, gifts_between_milestones,
    ensure_gift_partitions, begin_life, payouts_wait, settle_lives, promotional_received,
    brake_of, given_of, given_since, given_by, gifts_since, worth_from, coin_worth_of to plaudit_app;
