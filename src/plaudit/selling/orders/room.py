"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.orders",
    tables="""
        order_transition order_with_quote payment_decision payment_problem payment_problem_kind quote
        quote_tax recharge_order store_finishing withdrawal_consent
    """,
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_orders",
    pages=("recharge", "operator_order"),
    queues="jobs:QUEUES",
)
