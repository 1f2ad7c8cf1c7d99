"""What a credit card that paid says of whoever has it: that they are of age, where a pack says that only adults hold
one. The weakest of all words: only a rule that names its level takes it, and any other word is surer."""

from datetime import datetime, timedelta

from plaudit.ages.limits import AGE_CARD_DAYS
from plaudit.ages.sources.base import OF_AGE
from plaudit.connections import Connection
from plaudit.ids import id_at
from plaudit.rules import ages
from plaudit.rules.ages import NewAssurance
from plaudit.rules.published import current_book

METHOD = "credit_card"
SOURCE = "credit card"


async def infer(connection: Connection, person_id: int, country: str, now: datetime) -> None:
    """Somebody paid with a credit card of a country, neither debit nor prepaid."""
    if not (await current_book(connection)).cards_are_of_adults(country, now):
        return
    inferred = NewAssurance(
        id=id_at(now),
        at_least=OF_AGE,
        level="inferred",
        method=METHOD,
        source=SOURCE,
        proved_at=now,
        until=now + timedelta(days=AGE_CARD_DAYS),
    )
    await ages.infer(connection, person_id, inferred, now)


async def doubt(connection: Connection, person_id: int, now: datetime) -> None:
    """The card that paid may be another's: its bank takes the money back, or a minor had it."""
    await ages.forget(connection, person_id, METHOD, now, now)
