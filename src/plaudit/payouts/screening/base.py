"""What a screening source is to the engine: ask, fetch, verify. It says how somebody stands; papers stay with it."""

import enum
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import msgspec


class ScreeningOutcome(enum.StrEnum):
    """What lists of sanctions say."""

    CLEAR = "clear"
    POTENTIAL_MATCH = "potential_match"
    """Somebody on a list is called so, or is them: a person decides."""
    PENDING = "pending"
    """The source is still at it."""


class IdentityStatus(enum.StrEnum):
    """Whether the source knows who somebody is."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    """It does not say."""


class ScreeningSubject(msgspec.Struct, frozen=True, kw_only=True):
    """About whom a source is asked. `screening_id` is its idempotency key."""

    screening_id: UUID
    name: str
    country: str


class ScreeningAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says of somebody."""

    screening_id: UUID
    reference: str
    """The source's own name of it."""
    outcome: ScreeningOutcome
    identity: IdentityStatus = IdentityStatus.UNKNOWN


class ScreeningSource(Protocol):
    """A source that is asked. Calls are made outside any transaction and may be repeated."""

    name: str

    async def screen(self, subject: ScreeningSubject) -> ScreeningAnswer:
        """Ask, once per `screening_id`: the same id again answers what came of the first.

        Raises:
            ProviderUnavailable: no usable answer; ask again.
        """
        ...

    async def fetch(self, screening_id: UUID) -> ScreeningAnswer | None:
        """What it says by now; None: it was never asked.

        Raises:
            ProviderUnavailable: no usable answer.
        """
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        """The screening a signed message is about; None: something else. It only says that there is news: the source is
        asked again, so what comes twice, late or out of order does no harm.

        Raises:
            SignatureNotValid: missing, wrong or too old.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
