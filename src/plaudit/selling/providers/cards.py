"""What Plaudit asks of a payment provider that keeps cards for buyers. No number of a card ever comes here."""

from datetime import date
from typing import Protocol, cast
from uuid import UUID

import msgspec

from plaudit.selling.providers.base import PaymentProvider


class CustomerRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody a provider is to keep cards for. It is also the idempotency key: the same never makes two."""

    key: UUID
    person_id: int
    country: str | None
    """Where their platform says they are."""


class CardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A page where somebody leaves a card without buying. `key` is the idempotency key."""

    key: UUID
    customer_id: str
    currency: str
    """What they mostly pay in."""
    return_url: str
    locale: str


class ProviderCard(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a card that a provider keeps."""

    id: str
    brand: str
    """The provider's word for it, such as visa."""
    last_four: str
    expires_on: date
    """The last day on which it is good."""


class CardKeeper(PaymentProvider, Protocol):
    """A provider with the capability `can_save`. Errors are those of PaymentProvider; all calls are safe to repeat.

    Its `create_checkout` saves the card of a request that says `saves_card`, and has one with a `card` pay at once: the
    payment is AUTHORISED, or OPEN with the page of the buyer's bank as `checkout_url`, or DECLINED.
    """

    async def make_customer(self, request: CustomerRequest) -> str:
        """The id the provider knows somebody by."""
        ...

    async def ask_for_card(self, request: CardRequest) -> str:
        """The address of the page."""
        ...

    async def cards_of(self, customer_id: str, limit: int) -> list[ProviderCard] | None:
        """The newest cards it keeps for a customer, each once; None: it knows no such customer any more."""
        ...

    async def forget_card(self, customer_id: str, card_id: str) -> None:
        """Keep a card no longer; of one it does not keep, nothing happens."""
        ...

    async def forget_customer(self, customer_id: str) -> None:
        """Keep nothing of a customer; of one it does not know, nothing happens."""
        ...


def as_card_keeper(provider: PaymentProvider | None) -> CardKeeper | None:
    """The provider as one that keeps cards; None when it does not."""
    return cast("CardKeeper", provider) if provider is not None and provider.capabilities.can_save else None
