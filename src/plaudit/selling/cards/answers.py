"""What saved cards answer over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.languages.speaking import gettext
from plaudit.limits import SAVED_CARDS_MAX
from plaudit.selling.cards.consent import CONSENT_WORDS
from plaudit.selling.cards.model import CONSENT_VERSION, SavedCard
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.cards import as_card_keeper


class CardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A card a provider keeps. This is all that is known of it here."""

    id: UUID
    provider: str
    brand: Annotated[str, Meta(description="The provider's word for it.", examples=["visa"])]
    last_four: Annotated[str, Meta(examples=["4242"])]
    expires_on: Annotated[date, Meta(description="The last day on which it is good.")]
    is_expired: bool
    is_default: Annotated[bool, Meta(description="What one tap pays with; of one at most.")]
    saved_at: datetime


class CardsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """My saved cards, and what has to be agreed to before another is saved."""

    cards: Annotated[list[CardAnswer], Meta(description="The default first, then the newest.")]
    most: Annotated[int, Meta(description="How many can be saved.")]
    providers: Annotated[list[str], Meta(description="Who can keep cards.")]
    consent_version: Annotated[int, Meta(description="Of `consent`; sent back when somebody agrees to it.")]
    consent: Annotated[str, Meta(description="What somebody agrees to, to be shown as it is.")]


class CardPageAnswer(msgspec.Struct, frozen=True):
    """Where the card is left."""

    address: Annotated[str, Meta(description="The provider's page.")]


def card_answer(card: SavedCard, now: datetime) -> CardAnswer:
    return CardAnswer(
        id=card.card_id,
        provider=card.provider,
        brand=card.brand,
        last_four=card.last_four,
        expires_on=card.expires_on,
        is_expired=card.is_expired(now),
        is_default=card.is_default,
        saved_at=card.saved_at,
    )


def cards_answer(cards: list[SavedCard], providers: PaymentProviders, now: datetime) -> CardsAnswer:
    return CardsAnswer(
        cards=[card_answer(card, now) for card in cards],
        most=SAVED_CARDS_MAX,
        providers=[name for name in providers.names if as_card_keeper(providers.get(name))],
        consent_version=CONSENT_VERSION,
        consent=gettext(CONSENT_WORDS),
    )
