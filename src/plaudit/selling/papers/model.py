"""Papers of sales, as they were written: receipts, confirmations and credit notes."""

import enum
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.money import Money
from plaudit.selling.prices.pricing import Channel


class Paper(enum.StrEnum):
    """What a receipt is. Each kind is numbered on its own."""

    RECEIPT = "receipt"
    """We sold."""
    CONFIRMATION = "confirmation"
    """An app store sold, and its own receipt is the one that counts. Ours says what was bought, and names no tax."""


class Act(enum.StrEnum):
    """What a credit note does."""

    CREDIT = "credit"
    CANCELLATION = "cancellation"
    """The money came back after all: the credit note counts no more."""


def full_number(seller_code: str, shard: int, number: int, letter: str = "") -> str:
    """The number of a paper as people read it: PLAUDIT-1-000042, PLAUDIT-1-C000007."""
    return f"{seller_code}-{shard}-{letter}{number:06d}"


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt says was sold."""

    shard: int
    order_id: UUID
    person_id: int
    created_at: datetime
    """When the order was placed: it names who sold."""
    channel: Channel
    region: str
    provider: str
    coins: int
    currency: str
    net_minor: int
    tax_minor: int
    price_minor: int
    tax_name: str
    tax_rate_bps: int
    quote_id: UUID
    """It knows the state or province whose tax it is."""


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """What a credit note says went back."""

    shard: int
    reversal_id: UUID
    order_id: UUID
    person_id: int
    kind: str
    currency: str
    amount_minor: int
    net_minor: int
    tax_minor: int
    coins: int
    reason: str
    """As a person wrote it for the buyer; empty: nobody did."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of a paid order. The seller is who it was at the sale."""

    shard: int
    order_id: UUID
    person_id: int
    paper: Paper
    seller_code: str
    number: int
    seller_name: str
    seller_address: str
    seller_tax_id: str
    store_name: str | None
    store_address: str | None
    buyer_name: str
    issued_at: datetime
    paid_at: datetime
    channel: Channel
    region: str
    provider: str
    coins: int
    currency: str
    net_minor: int
    tax_minor: int
    price_minor: int
    tax_name: str
    tax_rate_bps: int
    check_code: str = ""
    """By which anybody can ask whether it is genuine."""

    @property
    def full_number(self) -> str:
        """Unique and without gaps within its series, which is the seller, the shard and the kind of paper."""
        return full_number(self.seller_code, self.shard, self.number, "P" if self.is_confirmation else "")

    @property
    def is_confirmation(self) -> bool:
        return self.paper is Paper.CONFIRMATION

    @property
    def gross(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)


class CreditNote(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that money of a receipt went back, or that it did not in the end."""

    shard: int
    reversal_id: UUID
    act: Act
    order_id: UUID
    person_id: int
    seller_code: str
    number: int
    credited_number: int | None
    """Of a cancellation: the number of the credit note it cancels."""
    issued_at: datetime
    kind: str
    currency: str
    amount_minor: int
    net_minor: int
    tax_minor: int
    coins: int
    reason: str
    check_code: str = ""

    @property
    def full_number(self) -> str:
        return full_number(self.seller_code, self.shard, self.number, "C")

    @property
    def cancelled_number(self) -> str | None:
        """Of a cancellation: which credit note counts no more."""
        number = self.credited_number
        return None if number is None else full_number(self.seller_code, self.shard, number, "C")

    @property
    def is_cancellation(self) -> bool:
        return self.act is Act.CANCELLATION

    @property
    def gross(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)
