"""Hears words about ages from sources, and believes of each what it proves: the newest, and nothing that was loosened
without a proof."""

import logging
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ages.limits import (
    AGE_SAID_LENGTH_MAX,
    AGE_WORD_DAYS,
    AGE_WORD_PROOF_LENGTH_MAX,
    WITHDRAWALS_PER_CALL_MAX,
)
from plaudit.ages.sources import AgeSources
from plaudit.ages.sources.base import (
    AgeSource,
    AgeSourceSilent,
    AgeSourceUnknown,
    AgeWord,
    AgeWordNotValid,
    ToldAge,
)
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import IdMeta, require_uuid7
from plaudit.moments import Moment
from plaudit.people.model import Person
from plaudit.problems import IdempotencyConflict
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.rules import ages, consents
from plaudit.rules.ages import AgeAssurance, NewAssurance
from plaudit.rules.limits import PROVED_AHEAD_S
from plaudit.statements import fetch_one, statements

log = logging.getLogger(__name__)
SQL = statements(__file__)

StoreName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,29}$(?!\n)", examples=["google"])]


class NewAgeWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A word that an app got of its store about whoever uses it."""

    id: Annotated[UUID, IdMeta]
    source: Annotated[StoreName, Meta(description="Who says so: `google`, `apple`.")]
    said: Annotated[
        str,
        Meta(
            min_length=2,
            max_length=AGE_SAID_LENGTH_MAX,
            description="JSON with what the store answered the app, its names as the store has them.",
        ),
    ]
    said_at: Annotated[Moment, Meta(description="When the app was answered.")]
    proof: (
        Annotated[
            str,
            Meta(
                max_length=AGE_WORD_PROOF_LENGTH_MAX,
                description="Google: a token of Play Integrity for these words. Apple: the signed `AppTransaction`.",
            ),
        ]
        | None
    ) = None
    is_attested: Annotated[
        bool, Meta(description="Your server made sure itself that your app, unaltered, said so, as App Attest shows.")
    ] = False


class HeardAge(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of a word."""

    id: UUID
    is_believed: Annotated[
        bool, Meta(description="Whether it says an age, which is believed as far as nothing surer is.")
    ]
    at_least: int | None
    under: int | None
    level: Annotated[str | None, Meta(description="`claimed` or `checked`.")]
    until: datetime | None
    guardian: Annotated[
        Literal["given", "pending", "denied", "free"] | None,
        Meta(description="What counts of a guardian; null: nothing."),
    ]


class StoreWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A guardian took back what they agreed to."""

    account: Annotated[
        str,
        Meta(pattern=r"^[\x21-\x7e]{1,200}$(?!\n)", description="As the store lists it; of Google Play `installID`."),
    ]
    withdrawn_at: Moment


class StoreWithdrawals(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a store lists."""

    items: Annotated[list[StoreWithdrawal], Meta(min_length=1, max_length=WITHDRAWALS_PER_CALL_MAX)]


class StoppedByStore(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    people: Annotated[int, Meta(description="How many people here it is about; of others it is kept.")]


async def hear(database: Database, clock: Clock, sources: AgeSources, person: Person, new: NewAgeWord) -> HeardAge:
    """Believe a word of a source, as far as it is proved. Idempotent by its id; an older word undoes no newer one.

    Raises:
        InvalidField: the id is no UUIDv7.
        AgeSourceUnknown: no such source is described.
        AgeWordNotValid: it does not hold.
        AgeSourceSilent: who has to be asked does not answer.
        IdempotencyConflict: the id was used for another.
    """
    require_uuid7(new.id, "body.id", clock)
    source = sources.get(new.source)
    if source is None:
        raise AgeSourceUnknown(source=new.source)
    async with database.read() as connection:
        known = await fetch_one(connection, SQL["find_word"], AgeAssurance, new.id)
    if known is not None and (known.person_id, known.method) != (person.id, method_of(source)):
        raise IdempotencyConflict(id=new.id)
    word = await _read(database, clock, source, person, new, known.recorded_at if known else clock.now())
    async with database.transaction() as connection:
        await ages.end_silence(connection, person.id, source.name)
        return await _believe(connection, clock, source, person.id, new.id, word)


async def _read(
    database: Database, clock: Clock, source: AgeSource, person: Person, new: NewAgeWord, at: datetime
) -> AgeWord:
    if new.said_at > at + timedelta(seconds=PROVED_AHEAD_S):
        raise AgeWordNotValid("not_yet")
    told = ToldAge(
        subject=person.subject, said=new.said, proof=new.proof, said_at=new.said_at, is_attested=new.is_attested
    )
    try:
        return await source.read(told, at)
    except (ProviderUnavailable, ProviderRefused) as error:
        log.warning("%s does not say whether a word about an age holds: %s", source.name, error)
        async with database.transaction() as connection:
            await ages.note_silence(connection, person.id, source.name, clock.now())
        raise AgeSourceSilent(source.name) from error


async def _believe(
    connection: Connection, clock: Clock, source: AgeSource, person_id: int, word_id: UUID, word: AgeWord
) -> HeardAge:
    assurance = None
    if word.says_an_age:
        assurance = await ages.replace(connection, clock, person_id, _assurance(source, word_id, word))
    elif word.is_bound:
        await ages.forget(connection, person_id, method_of(source), word.said_at, clock.now())
    guardian = word.guardian if word.guardian and _narrows_or_is_bound(word) else None
    if guardian:
        await consents.say_by_store(connection, source.name, guardian.account, person_id, guardian.state, word.said_at)
    return HeardAge(
        id=word_id,
        is_believed=assurance is not None,
        at_least=assurance.at_least if assurance else None,
        under=assurance.under if assurance else None,
        level=word.level.name.lower() if assurance else None,
        until=assurance.until if assurance else None,
        guardian=guardian.state if guardian else None,
    )


def _narrows_or_is_bound(word: AgeWord) -> bool:
    return word.is_bound or (word.guardian is not None and word.guardian.state in {"pending", "denied"})


def _assurance(source: AgeSource, word_id: UUID, word: AgeWord) -> NewAssurance:
    """As it is kept. What lets somebody do more ends, unless the app asks again; what keeps a minor from it stays until
    the source says something else."""
    return NewAssurance(
        id=word_id,
        at_least=word.at_least,
        under=word.under,
        level=word.level.name.lower(),
        method=method_of(source),
        source=source.title,
        proved_at=word.said_at,
        until=None if word.is_of_minor else word.said_at + timedelta(days=AGE_WORD_DAYS),
    )


def method_of(source: AgeSource) -> str:
    """What an age of a source is said to be found by."""
    return f"{source.name}_age_signal"


async def withdraw(connection: Connection, store: str, told: StoreWithdrawals) -> StoppedByStore:
    """Stop those whose guardian took back their consent, as the store lists it. Repeating it changes nothing."""
    people: set[int] = set()
    for one in told.items:
        people.update(await consents.withdraw_by_store(connection, store, one.account, one.withdrawn_at))
    return StoppedByStore(people=len(people))
