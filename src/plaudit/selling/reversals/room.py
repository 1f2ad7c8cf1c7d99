"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.reversals",
    tables="minor_refund minor_refund_order order_reversed reversal reversal_transition withdrawal_rule",
    held="holdings:HELD",
    erased_by="erase_reversals",
    pages=("withdrawing", "minor_refunds"),
    queues="jobs:QUEUES",
    decisions="decisions:KINDS",
)
