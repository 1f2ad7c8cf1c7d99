"""What a payout provider is to the engine: send, fetch, verify."""

import enum
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import msgspec

from plaudit.money import Money


class PayoutStatus(enum.StrEnum):
    """How far a provider is."""

    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    """It will never arrive."""
    RETURNED = "returned"
    """It had arrived and came back."""


class PayoutOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is told to pay. `payout_id` is its idempotency key."""

    payout_id: UUID
    money: Money
    holder_name: str
    country: str
    iban: str | None
    bank_code: str | None
    account_number: str | None


class ProviderPayout(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says about a payout. `reason` is set when it failed or came back."""

    payout_id: UUID
    reference: str
    """The provider's own name of it."""
    status: PayoutStatus
    money: Money
    reason: str | None = None


class PayoutProvider(Protocol):
    """A way to pay creators. Calls are made outside any transaction and may be repeated."""

    name: str
    by_hand: bool
    """Whether people pay, after an export, instead of `send`."""

    def takes(self, currency: str) -> bool:
        """Whether it pays to accounts in a currency."""
        ...

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        """Pay, once per `payout_id`: the same id again answers what became of the first.

        An order the provider refuses for good is answered with status FAILED.

        Raises:
            ProviderUnavailable: what became of it is unknown; ask with `fetch`.
        """
        ...

    async def fetch(self, payout_id: UUID) -> ProviderPayout | None:
        """What became of a payout; None: the provider never got it.

        Raises:
            ProviderUnavailable: no usable answer.
        """
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of the event, after its signature was checked.

        Raises:
            SignatureNotValid: missing, wrong or too old.
        """
        ...

    def read_event(self, body: bytes) -> ProviderPayout | None:
        """The payout a verified webhook tells of; None: something else."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
