"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.ledger",
    tables="""
        account account_kind balance brake brake_creator brake_rule
        charge_stream database_life delivery delivery_stream follower frame
        frozen_receiver gift gift_balance gift_batch gift_log gift_log_reversal gift_milestone gift_part gift_reversal
        hold hold_piece hold_transition journal ledger_setting lot lot_reversal lot_state message_removal money_turn
        promotional_before promotional_part reversed_strip room_head strip transfer transfer_reason wallet
    """,
    held="holdings:HELD",
    erased_by="erase_ledger",
    jobs="jobs:ledger_jobs",
    queues="jobs:QUEUES",
)
