"""What this room's tables hold of people."""

from plaudit.holdings import about_nobody

HELD = (
    *about_nobody(
        accounting_creator_day="",
        accounting_day="kind entity region channel currency",
        accounting_lot_day="",
        accounting_position="",
        accounting_reopening="reason",
    ),
)
