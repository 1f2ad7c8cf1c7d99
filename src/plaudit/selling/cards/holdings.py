"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(table="card_consent", codes="language", kind=kinds.CARDS, of="person_id"),
    Holding(
        table="card_customer",
        codes="provider failed_with",
        personal="customer_id",
        hidden="error",
        kind=kinds.CARDS,
        of="person_id",
    ),
    Holding(
        table="saved_card",
        codes="provider",
        personal="provider_card_id brand last_four",
        kind=kinds.CARDS,
        of="person_id",
    ),
)
