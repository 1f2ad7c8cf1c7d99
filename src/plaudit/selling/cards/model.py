"""Saved cards: their types, and what can go wrong with them."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.limits import RETURN_URL_LENGTH_MAX, SAVED_CARDS_MAX
from plaudit.problems import Conflict, Problem

CONSENT_VERSION = 1
"""Of the words in `consent.py`: a new number whenever what they say is another."""

ConsentVersion = Annotated[
    int,
    Meta(
        ge=1,
        description="`consent_version` of the words that were shown and agreed to, as `GET /v1/me/cards` has them.",
    ),
]


class SavedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card a provider keeps for somebody. It is all that is known of it here."""

    shard: int
    person_id: int
    card_id: UUID
    provider: str
    provider_card_id: str
    brand: str
    last_four: str
    expires_on: date
    is_default: bool
    saved_at: datetime

    def is_expired(self, now: datetime) -> bool:
        """Whether its last day is over."""
        return now.date() > self.expires_on


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider keeps cards for. `customer_id` None: it knows nobody, not yet or no more."""

    shard: int
    person_id: int
    provider: str
    consent_id: UUID
    customer_id: str | None
    ended_at: datetime | None


class DueCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whose cards are to be brought in line; `tries` counts this time."""

    shard: int
    person_id: int
    provider: str
    customer_id: str
    ended_at: datetime | None
    tries: int
    leased_until: datetime


class CardPageRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A card to be kept without buying."""

    id: Annotated[UUID, IdMeta]
    provider: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Who is to keep it.")]
    consent_version: ConsentVersion
    return_url: Annotated[
        str,
        Meta(min_length=1, max_length=RETURN_URL_LENGTH_MAX, description="Where the buyer comes back to; see orders."),
    ] = "/wallet/cards"


class ConsentOutdated(Conflict):
    """`consent_version` is that of the words to be shown now."""

    code: ClassVar[str] = "consent_outdated"
    title: ClassVar[str] = "The words about saving cards are others by now; please read and agree again."

    class Fields(msgspec.Struct, frozen=True):
        consent_version: int

    def __init__(self) -> None:
        super().__init__(consent_version=CONSENT_VERSION)


class TooManyCards(Conflict):
    code: ClassVar[str] = "too_many_cards"
    title: ClassVar[str] = "So many cards are saved already; remove one first."

    class Fields(msgspec.Struct, frozen=True):
        most: int

    def __init__(self) -> None:
        super().__init__(most=SAVED_CARDS_MAX)


class CardExpired(Problem):
    code: ClassVar[str] = "card_expired"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This card has expired. Pay with another."
