"""What breaks the laws of payouts."""

BREAKS = [
    ("payouts_equal_movements", "update payout set diamonds = diamonds + 1"),
    ("payouts_equal_movements", "update payout set state = 'approved', previous_state = 'requested'"),
    (
        "manual_payouts_are_exported",
        """insert into payout_bank_outcome (shard, payout_id, outcome, reference, recorded_at, recorded_by)
        select shard, id, 'paid', 'none', changed_at, 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        "insert into payout_export_item (shard, payout_id, export_number) select shard, id, 1 from payout",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'approved', 'sent', changed_at, 'operator', 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'sent', 'paid', changed_at, 'operator', 1 from payout""",
    ),
]
