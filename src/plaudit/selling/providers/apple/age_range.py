"""Apple's Declared Age Range: what the system told the app on the device. Apple signs no range, but the app
transaction, which says whose app it is: so whom a guardian means who takes back their consent is known."""

import asyncio
from datetime import datetime
from typing import Literal

import msgspec

from plaudit import foreign
from plaudit.ages.sources.base import OF_AGE, AgeWord, AgeWordNotValid, GuardianState, GuardianWord, ToldAge, WordFault
from plaudit.clock import SystemClock
from plaudit.rules.limits import AGE_YEARS_MAX
from plaudit.rules.model import Level
from plaudit.selling.providers.apple.limits import APPLE_APP_AGE_S_MAX
from plaudit.selling.providers.apple.settings import AppleSettings
from plaudit.selling.providers.apple.signatures import ACCOUNT, NAME, AppleSignatures, of_settings
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.settings import Settings

_FAULTS: dict[object, WordFault] = {
    "other_app": "app",
    "other_environment": "app",
    "unreadable": "unreadable",
    "signed_in_the_future": "not_yet",
}


class DeclaredRange(msgspec.Struct, frozen=True, rename="camel"):
    """`AgeRange` of the system, and what a guardian answered in it."""

    lower_bound: int | None = None
    upper_bound: int | None = None
    """The lowest age that the app asked for and that they are younger than."""
    age_range_declaration: Literal[
        "selfDeclared",
        "guardianDeclared",
        "confirmed",
        "checkedByOtherMethod",
        "governmentIDChecked",
        "paymentChecked",
        "guardianCheckedByOtherMethod",
        "guardianGovernmentIDChecked",
        "guardianPaymentChecked",
    ] = "selfDeclared"
    significant_change: Literal["approved", "pending", "denied"] | None = None
    """What a guardian answered the app's question for consent; None: it asked nothing."""

    @property
    def is_by_guardian(self) -> bool:
        return self.age_range_declaration.startswith("guardian")


_STATES: dict[str, GuardianState] = {"approved": "given", "pending": "pending", "denied": "denied"}


class DeclaredAge:
    """Reads words of Apple, for one app in one environment."""

    name = NAME
    title = "App Store"

    def __init__(self, signatures: AppleSignatures) -> None:
        self._signatures = signatures

    async def read(self, told: ToldAge, at: datetime) -> AgeWord:
        try:
            found = foreign.decode(told.said, DeclaredRange)
        except msgspec.MsgspecError as error:
            raise AgeWordNotValid("unreadable") from error
        bounds = [one for one in (found.lower_bound, found.upper_bound) if one is not None]
        if (
            any(not 1 <= one <= AGE_YEARS_MAX for one in bounds)
            or len(set(bounds)) < len(bounds)
            or (bounds != sorted(bounds))
        ):
            raise AgeWordNotValid("unreadable")
        account = await self._account(told.proof) if told.proof else None
        return word_of(found, account, told.said_at, is_bound=told.is_attested)

    async def _account(self, signed: str) -> str:
        """Of an app transaction that Apple signed for our app."""
        try:
            app = await asyncio.to_thread(self._signatures.arriving_app, signed)
            if not self._signatures.is_present(signed, app.receiptCreationDate, APPLE_APP_AGE_S_MAX):
                raise AgeWordNotValid("expired")  # the app asks its store for another
        except PurchaseNotValid as error:
            raise AgeWordNotValid(_FAULTS.get(error.fields["reason"], "signature")) from error
        if app.appTransactionId is None or not ACCOUNT.fullmatch(app.appTransactionId):
            raise AgeWordNotValid("unreadable")
        return app.appTransactionId

    async def close(self) -> None:
        """The library opens a connection for each call."""


def word_of(found: DeclaredRange, account: str | None, said_at: datetime, *, is_bound: bool) -> AgeWord:
    """What a range comes to. A guardian's word of a minor is sure enough as it is; that somebody is of age was
    looked at only where Apple says so and an unaltered app tells it."""
    is_minor = found.upper_bound is not None and found.upper_bound <= OF_AGE
    looked = found.age_range_declaration != "selfDeclared" and (is_bound or (is_minor and found.is_by_guardian))
    if found.age_range_declaration == "guardianDeclared" and not is_minor:
        looked = False  # who is of age has no guardian: nobody checked this
    return AgeWord(
        said_at=said_at,
        is_bound=is_bound,
        at_least=found.lower_bound or 0,
        under=found.upper_bound,
        level=Level.CHECKED if looked else Level.CLAIMED,
        guardian=_guardian(found, account),
    )


def _guardian(found: DeclaredRange, account: str | None) -> GuardianWord | None:
    of_age = (found.lower_bound or 0) >= OF_AGE
    state: GuardianState | None = _STATES[found.significant_change] if found.significant_change else None
    if state is None:
        state = "free" if of_age else None
    if account is None and state in {"pending", "denied"}:
        return GuardianWord(account="-", state=state)  # what withholds is heard all the same
    return GuardianWord(account=account, state=state) if account and state else None


def from_settings(settings: Settings) -> DeclaredAge:
    """The source of the settings.

    Raises:
        SettingsError: it is described in part only, or in a way that would let forgeries pass.
    """
    return DeclaredAge(of_settings(settings.of(AppleSettings), SystemClock()))
