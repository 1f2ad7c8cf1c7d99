"""What a source of ages reads, what it makes of it, and how that can fail."""

from datetime import datetime
from typing import ClassVar, Literal, Protocol

import msgspec

from plaudit.problems import Problem
from plaudit.providers import Provider
from plaudit.rules.model import Level

OF_AGE = 18
"""From which age on nobody answers for somebody at an app store."""

GuardianState = Literal["given", "pending", "denied", "free"]
"""What an account says of a guardian; free: nobody answers for it."""
WordFault = Literal["unreadable", "signature", "app", "device", "changed", "expired", "not_yet"]


class ToldAge(msgspec.Struct, frozen=True, kw_only=True):
    """A word as an app got it on the device of somebody, and what proves that it did."""

    subject: str
    """Whose word it is said to be, as their platform calls them."""
    said: str
    """JSON, as the app wrote it."""
    proof: str | None
    """What the company signed beside it, such as a token of Play Integrity."""
    said_at: datetime
    is_attested: bool
    """The platform's server has made sure that its own app, unaltered, said so."""


class GuardianWord(msgspec.Struct, frozen=True, kw_only=True):
    """What an account at an app store says of whoever answers for it."""

    account: str
    state: GuardianState


class AgeWord(msgspec.Struct, frozen=True, kw_only=True):
    """What a source makes of a word."""

    said_at: datetime
    is_bound: bool
    """Whether it is proved that an unaltered app said so. What is not narrows what somebody may, and widens nothing."""
    at_least: int = 0
    under: int | None = None
    """Neither: it says nothing of an age."""
    level: Level = Level.CLAIMED
    guardian: GuardianWord | None = None

    @property
    def says_an_age(self) -> bool:
        return self.at_least > 0 or self.under is not None

    @property
    def is_of_minor(self) -> bool:
        """Whether it can only keep somebody from things: nobody gains by saying it."""
        return self.under is not None and self.under <= OF_AGE


class AgeSource(Provider, Protocol):
    """Somebody who says how old people are."""

    title: str
    """Who it is, for people: a name that is the same in all languages."""

    async def read(self, told: ToldAge, at: datetime) -> AgeWord:
        """What a word says; `at`: when it came. Never in a transaction.

        Raises:
            AgeWordNotValid: it cannot be read, or what is to prove it does not.
            ProviderUnavailable: who has to be asked about it does not answer.
            ProviderRefused: they refuse to say.
        """
        ...


class AgeWordNotValid(Problem):
    """`fault`: what of it. `changed`: it was proved for other words, or for somebody else; `app`: for another app."""

    code: ClassVar[str] = "age_word_not_valid"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This word about an age cannot be believed. Nothing was changed."

    class Fields(msgspec.Struct, frozen=True):
        fault: WordFault

    def __init__(self, fault: WordFault) -> None:
        super().__init__(fault=fault)


class AgeSourceSilent(Problem):
    """What the source said before stays until it ends."""

    code: ClassVar[str] = "age_source_silent"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "The source of this age does not answer just now. Try again with the same id."

    class Fields(msgspec.Struct, frozen=True):
        source: str

    def __init__(self, source: str) -> None:
        super().__init__(source=source)

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "60"}


class AgeSourceUnknown(Problem):
    """No settings describe it."""

    code: ClassVar[str] = "age_source_unknown"
    status: ClassVar[int] = 404
    title: ClassVar[str] = "This source of ages is not described here."

    class Fields(msgspec.Struct, frozen=True):
        source: str
