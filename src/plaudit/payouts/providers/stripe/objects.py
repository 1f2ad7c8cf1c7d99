"""Stripe's transfers, payouts and connected accounts: what of them matters here."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from plaudit.payouts.providers.base import AccountState, ProviderAccount

PAYOUT_MARK = "plaudit_payout"
METHOD_MARK = "plaudit_method"
_CURRENCY = "default_currency"


class Transfer(msgspec.Struct, frozen=True):
    """Money from the platform's balance to that of a connected account."""

    id: str
    amount: int
    currency: str
    destination: str
    created: int
    amount_reversed: int = 0
    metadata: dict[str, Any] = {}


class BankPayout(msgspec.Struct, frozen=True):
    """Money from the balance of a connected account to its bank."""

    id: str
    amount: int
    currency: str
    status: str
    arrival_date: int | None = None
    failure_code: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def arrives_on(self) -> date | None:
        return None if self.arrival_date is None else datetime.fromtimestamp(self.arrival_date, UTC).date()


class Reversal(msgspec.Struct, frozen=True):
    """A transfer, or a part of it, taken back."""

    id: str
    amount: int


class _Available(msgspec.Struct, frozen=True):
    amount: int
    currency: str


class Balance(msgspec.Struct, frozen=True):
    """What an account has and may use now; Stripe gives it no id."""

    available: list[_Available]
    id: str = ""

    def of(self, currency: str) -> int:
        return sum(one.amount for one in self.available if one.currency == currency.lower())


class Link(msgspec.Struct, frozen=True):
    """Where a creator goes on at Stripe; it has no id."""

    url: str
    id: str = ""


class _Requirements(msgspec.Struct, frozen=True):
    currently_due: list[str] | None = None
    past_due: list[str] | None = None
    disabled_reason: str | None = None
    current_deadline: int | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(self.past_due or ()), *(self.currently_due or ())]))


class Account(msgspec.Struct, frozen=True):
    """A creator's account at Stripe."""

    id: str
    details_submitted: bool = False
    payouts_enabled: bool = False
    default_currency: str | None = None
    capabilities: dict[str, str] = {}
    requirements: _Requirements = _Requirements()
    metadata: dict[str, Any] = {}

    def stands(self, currency: str) -> ProviderAccount:
        """How it stands for somebody who is paid in a currency: in another Stripe would change the money."""
        needs, reason = self.requirements.needs, self.requirements.disabled_reason or ""
        if self.default_currency is not None and self.default_currency != currency.lower():
            needs = (*needs, _CURRENCY)
        pays = self.payouts_enabled and self.capabilities.get("transfers") == "active"
        if reason.startswith("rejected."):
            state = AccountState.CLOSED
        elif not self.details_submitted:
            state = AccountState.ONBOARDING
        elif pays and _CURRENCY not in needs:
            state = AccountState.READY
        else:
            state = AccountState.NEEDS_INFORMATION
        until = self.requirements.current_deadline
        return ProviderAccount(
            account=self.id,
            state=state,
            needs=needs,
            needs_by=None if until is None else datetime.fromtimestamp(until, UTC),
        )
