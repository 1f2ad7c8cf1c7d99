"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.payouts",
    tables="""
        payout payout_account_key payout_bank_outcome payout_event payout_export payout_export_download
        payout_export_item payout_method payout_quote payout_rate payout_send
        payout_shown payout_state payout_terms payout_transition stuck_work
    """,
    held="holdings:HELD",
    routers=("api:router",),
    sealed="vault:COLUMNS",
    jobs="jobs:payout_jobs",
    queues="jobs:QUEUES",
    decisions="decisions:KINDS",
    pages=("payout_desk", "stuck"),
)
