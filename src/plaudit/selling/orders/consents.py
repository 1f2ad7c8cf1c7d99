"""What a buyer agrees to with an order, so that coins can be used before the time for a withdrawal is over."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.languages.model import Voice, language_of
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import speaking
from plaudit.problems import InvalidField
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

VERSION = "2026-12"
"""Of the words below: another version says something else."""


class ConsentGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That the buyer agreed expressly, as by ticking a box that was empty, to the words of this version."""

    version: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}$(?!\n)", examples=[VERSION])]
    language: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)", description="They were read in.", examples=["de"]
        ),
    ]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """It, as it is kept."""

    version: str
    language: str
    words: str
    given_at: datetime


def words() -> str:
    """What is agreed to, in the language that is spoken."""
    return _(
        "I want to be able to use my coins at once, before the time for a withdrawal is over. I know that my right of "
        "withdrawal ends for coins as soon as I use them; for coins I have not used it stays."
    )


async def keep(connection: Connection, shard: int, order_id: UUID, given: ConsentGiven | None, now: datetime) -> None:
    """Keep what was agreed to with an order that was just placed, in the words that were shown; the first word stands.

    Raises:
        InvalidField: another version than today's, or a language there are no words in.
    """
    if given is None:
        return
    language = language_of(given.language)
    if given.version != VERSION:
        raise InvalidField(field="consent.version", reason=f"must be {VERSION}, whose words are shown now")
    if language is None:
        raise InvalidField(field="consent.language", reason="must be one the words are written in")
    with speaking(Voice(language, language.locale)):
        shown = words()
    await connection.execute(SQL["keep_consent"], shard, order_id, VERSION, language.tag, shown, now)


async def consent_of(connection: Connection, shard: int, order_id: UUID) -> Consent | None:
    """What was agreed to with an order; None: nothing was."""
    return await fetch_one(connection, SQL["consent_of"], Consent, shard, order_id)
