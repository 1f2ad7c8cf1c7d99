"""What is known of people, as rules ask it: where they are, and how old, by the surest proof that holds."""

from collections.abc import Collection
from datetime import UTC, date, datetime

import msgspec

from plaudit.connections import Connection
from plaudit.rules.limits import AGE_YEARS_MAX
from plaudit.rules.model import AgeFact, Facts, Level, StoreConsent
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

PLATFORM = "platform"
"""The method of an age that follows from the birthday a platform told."""


class FactsRow(msgspec.Struct, frozen=True, kw_only=True):
    """What tables say of a person."""

    person_id: int
    country: str | None
    subdivision: str | None
    born_on: date | None
    language: str | None
    issuer: str
    at_least: int | None
    under: int | None
    level: int | None
    method: str | None
    source: str | None
    until: datetime | None
    consents: list[str]
    store_consent: StoreConsent | None
    silent_source: str | None


async def facts_of(connection: Connection, ids: Collection[int], now: datetime) -> dict[int, Facts]:
    """Facts of people by their ids; who is not there is missing from the answer."""
    if not ids:
        return {}
    rows = await fetch_all(connection, SQL["facts_of"], FactsRow, sorted(set(ids)), now)
    return {row.person_id: _facts(row, now) for row in rows}


async def facts_of_one(connection: Connection, person_id: int, now: datetime) -> Facts:
    """The same of one; of nobody who is known, nothing."""
    return (await facts_of(connection, [person_id], now)).get(person_id) or Facts(person_id=person_id)


def _facts(row: FactsRow, now: datetime) -> Facts:
    said = claimed(row.born_on, row.issuer, now) if row.born_on else None
    return Facts(
        person_id=row.person_id,
        country=row.country,
        subdivision=row.subdivision,
        age=surest(_proved(row), said),
        language=row.language,
        consents=frozenset(row.consents),
        store_consent=row.store_consent,
        silent_source=row.silent_source,
    )


def _proved(row: FactsRow) -> AgeFact | None:
    if row.at_least is None:
        return None
    assert row.level is not None, "a proof has all its columns"
    assert row.method is not None
    assert row.source is not None
    return AgeFact(
        at_least=row.at_least,
        under=row.under,
        level=Level(row.level),
        method=row.method,
        source=row.source,
        until=row.until,
    )


def surest(one: AgeFact | None, another: AgeFact | None) -> AgeFact | None:
    """The surer of two; of two that are as sure, the one that lets somebody do less."""
    if one is None or another is None:
        return one or another
    return max(one, another, key=lambda age: (age.level, -(age.under or AGE_YEARS_MAX + 2), -age.at_least))


def claimed(born_on: date, issuer: str, now: datetime) -> AgeFact:
    """How old somebody is by the birthday that their platform told."""
    years = max(0, years_between(born_on, now.astimezone(UTC).date()))
    return AgeFact(at_least=years, under=years + 1, level=Level.CLAIMED, method=PLATFORM, source=issuer)


def years_between(born_on: date, day: date) -> int:
    """How old somebody is on a day. Who was born on 29 February is a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
