"""What Plaudit asks of a payment provider: one file here each, and one line in the registry."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from plaudit.money import Money


class PaymentState(enum.StrEnum):
    """Where a payment is at its provider."""

    OPEN = "open"
    """The buyer has not paid yet."""
    PROCESSING = "processing"
    """The buyer has done all there is to do; the money is on its way."""
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


class CheckoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the buyer is to pay. `reference` is also the idempotency key: the same one never makes two checkouts."""

    reference: str
    price: Money
    description: str
    return_url: str
    expires_at: datetime


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as its provider sees it now."""

    id: str
    reference: str
    state: PaymentState
    amount: Money
    fee_minor: int | None = None
    """What the provider keeps, in the currency of the payment; None while it does not say."""
    paid_at: datetime | None = None
    checkout_url: str | None = None


class PaymentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a provider whose signature is good. `payment` is None when it is about something else."""

    id: str
    kind: str
    payment: Payment | None


class PaymentProvider(Protocol):
    """A company that takes payments. All calls are safe to repeat."""

    name: str
    channels: frozenset[str]
    """Channels of the price book whose quotes it can take payment for."""

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        """Prepare the page where the buyer pays; `checkout_url` is its address.

        Raises:
            ProviderUnavailable: it does not answer, or not now.
            ProviderRefused: it will not, whatever the number of tries.
        """
        ...

    async def fetch(self, payment_id: str) -> Payment:
        """The payment as it is now.

        Raises:
            ProviderUnavailable: it does not answer, or not now.
            ProviderRefused: it knows no such payment.
        """
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        """What a message says, if it is really from the provider and new.

        Raises:
            SignatureNotValid: forged, altered, too old, or unreadable.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
