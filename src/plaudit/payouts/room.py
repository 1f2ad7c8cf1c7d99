"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.payouts",
    tables="""
        payout payout_account_key payout_bank_outcome payout_connection payout_event payout_export
        payout_export_download payout_export_item payout_method payout_pass payout_quote payout_rate payout_send
        payout_shown payout_state payout_terms payout_transition screening screening_decision screening_rule
        screening_word stuck_work vouched_name
    """,
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_payouts",
    routers=("api:router",),
    sealed="vault:COLUMNS",
    jobs="jobs:payout_jobs",
    queues="jobs:QUEUES",
    decisions="decisions:KINDS",
    pages=("payout_desk", "stuck"),
)
