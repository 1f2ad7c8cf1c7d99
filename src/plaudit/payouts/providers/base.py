"""What a payout provider is to the engine: send, fetch, verify."""

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import msgspec

from plaudit.money import Money
from plaudit.payouts.kinds import MethodKind, ProviderWait
from plaudit.problems import Conflict


class PayoutStatus(enum.StrEnum):
    """How far a provider is."""

    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    """It will never arrive."""
    RETURNED = "returned"
    """It had arrived and came back."""
    UNDONE = "undone"
    """The money is not with the creator, and will not be: it never arrived, or it came back. For providers that cannot
    say what was heard here before; the books can."""


class PayoutOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is told to pay. `payout_id` is its idempotency key. Of where it goes, what the kind of method has
    is there."""

    payout_id: UUID
    money: Money
    holder_name: str
    country: str
    kind: MethodKind = MethodKind.BANK_ACCOUNT
    iban: str | None = None
    bank_code: str | None = None
    account_number: str | None = None
    paypal: str | None = None
    """A mail address, or PayPal's id of the receiver."""
    account: str | None = None
    """The creator's account at the provider."""
    told_since: datetime | None = None
    """Since when the provider may have been told of it, without an answer; None: it was not."""


class ProviderPayout(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says about a payout. `reason` is set when it failed or came back."""

    payout_id: UUID
    reference: str
    """The provider's own name of it."""
    status: PayoutStatus
    money: Money
    reason: str | None = None
    wait: ProviderWait | None = None
    """Why it does not go on, while it is processed."""
    wait_until: datetime | None = None
    """When that ends by itself."""
    arrives_on: date | None = None
    """When it arrives, as the provider says."""


class PayoutSignal(msgspec.Struct, frozen=True, kw_only=True):
    """That there is news of a payout: `fetch` says how it is now, so that late messages say nothing old."""

    payout_id: UUID
    reference: str | None = None


def payout_id_in(text: object) -> UUID | None:
    """The payout that a provider names by its own mark; None: it is no id, so the mark is not ours."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


class AccountSignal(msgspec.Struct, frozen=True, kw_only=True):
    """That there is news of a creator's account at the provider."""

    account: str


class AccountState(enum.StrEnum):
    """How far an account of a creator at a provider is."""

    ONBOARDING = "onboarding"
    """The creator has not told the provider who they are."""
    NEEDS_INFORMATION = "needs_information"
    """The provider wants to know more before it pays."""
    READY = "ready"
    CLOSED = "closed"
    """It will never be paid to again, or is not ours to pay to."""


class ProviderAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of a creator's account."""

    account: str
    state: AccountState
    needs: tuple[str, ...] = ()
    """What it still asks for, in its own words."""
    needs_by: datetime | None = None


class Accounts(Protocol):
    """Accounts that a provider keeps for creators, and asks them itself for what it must know."""

    async def open(self, method_id: UUID, country: str, currency: str) -> ProviderAccount:
        """An account, once per method.

        Raises:
            ProviderUnavailable: whether there is one now is not known; the same method may ask again.
            ProviderRefused: it has none for such a creator.
        """
        ...

    async def fetch(self, account: str, currency: str) -> ProviderAccount:
        """How an account stands now, and whether it can be paid to in a currency.

        Raises:
            ProviderUnavailable: no usable answer.
        """
        ...

    async def link(self, account: str, return_url: str) -> str:
        """Where the creator goes on, for some minutes; back to `return_url` from there.

        Raises:
            ProviderUnavailable: no usable answer.
            ProviderRefused: the account is closed.
        """
        ...


class NothingToRecall(Conflict):
    """It arrived, is on its way where nobody can stop it, or came back already."""

    code = "nothing_to_recall"
    title = "The provider can no longer take this back, or never could."


class PayoutProvider(Protocol):
    """A way to pay creators. Calls are made outside any transaction and may be repeated."""

    name: str
    by_hand: bool
    """Whether people pay, after an export, instead of `send`."""
    kinds: frozenset[MethodKind]
    """What it pays to."""
    accounts: Accounts | None
    """Those it keeps for creators, where it does."""

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

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        """What became of a payout; `reference`: the provider's name of it, where that is known. None: the provider
        never got it, or does not find it without its name; `send` with the same id is safe then.

        Raises:
            ProviderUnavailable: no usable answer.
        """
        ...

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        """Take back what was not claimed or has not left; as it is then.

        Raises:
            NothingToRecall: it cannot be.
            ProviderUnavailable: whether it was is unknown; ask with `fetch`.
        """
        ...

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of the event, after its signature was checked.

        Raises:
            SignatureNotValid: missing, wrong or too old.
            ProviderUnavailable: what it is checked with cannot be fetched now.
        """
        ...

    def read_event(self, body: bytes) -> ProviderPayout | PayoutSignal | AccountSignal | None:
        """What a verified webhook tells of a payout, or that there is something to ask; None: something else."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
