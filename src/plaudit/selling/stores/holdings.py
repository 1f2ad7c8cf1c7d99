"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody
from plaudit.selling.orders.holdings import OF_ORDER

HELD = (
    Holding(
        table="consumption_request",
        codes="provider request_id reason state failed_with",
        personal="payment_id",
        hidden="error",
        kind=kinds.PURCHASES,
        where=OF_ORDER,
    ),
    Holding(table="store_consent", kind=kinds.CARDS, of="person_id"),
    Holding(
        table="store_transaction",
        codes="provider environment state hold_reason product_id currency failed_with",
        personal="transaction_id account_token",
        hidden="resolution error",
        kind=kinds.PURCHASES,
        where=f"presented_by = $1 or {OF_ORDER}",
    ),
    *about_nobody(store_link_report="provider link_id kind region currency state failed_with error resolution"),
)
