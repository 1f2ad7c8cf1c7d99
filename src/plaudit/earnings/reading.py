"""Statements as somebody may read them: creators their own, operators everybody's."""

from datetime import date

from plaudit.connections import Connection
from plaudit.earnings.actions import SQL
from plaudit.earnings.limits import (
    STATEMENT_COUNTRIES_MAX,
    STATEMENT_LINES_MAX,
    STATEMENT_PACK_MAX,
    STATEMENT_PLACES_SHOWN,
)
from plaudit.earnings.model import Content, Country, Line, Place, Statement, Sums, full_number
from plaudit.pages import Number, Places
from plaudit.people.model import Caller, Role
from plaudit.problems import NotFound
from plaudit.statements import fetch_all, fetch_one

_YEAR_MAX, _NUMBER_MAX = 9_999, 2**31 - 1
BY_MONTH: Places[tuple[date, int]] = Places(tuple[date, Number], (date.max, 1))
"""Statements of one creator by month and edition, the latest first."""
BY_FULL_NUMBER: Places[tuple[int, int]] = Places(tuple[Number, Number], (_YEAR_MAX, _NUMBER_MAX))
"""Statements of all by their numbers, the newest first."""


async def statement_for(connection: Connection, caller: Caller, year: int, number: int) -> Content:
    """A statement somebody may see, with all that it says.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return await _find(connection, year, number, None if Role.OPERATOR in caller.roles else caller.person_id)


async def own_statement(connection: Connection, creator_id: int, year: int, number: int) -> Content:
    """The same of a creator's own.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return await _find(connection, year, number, creator_id)


async def _find(connection: Connection, year: int, number: int, whose: int | None) -> Content:
    found = None
    if year <= _YEAR_MAX and number <= _NUMBER_MAX:
        found = await fetch_one(connection, SQL["find_statement"], Statement, year, number, whose)
    if found is None:
        raise NotFound("There is no such statement.", number=full_number(year, number))
    return await content_of(connection, found)


async def content_of(connection: Connection, statement: Statement) -> Content:
    """What a statement says."""
    key = (statement.shard, statement.creator_id, statement.month, statement.edition)
    sums = await fetch_one(connection, SQL["sums"], Sums, *key)
    assert sums is not None, "a statement is of a month"
    return Content(
        statement=statement,
        sums=sums,
        lines=await fetch_all(connection, SQL["lines"], Line, *key, STATEMENT_LINES_MAX),
        places=await fetch_all(connection, SQL["places"], Place, *key, STATEMENT_PLACES_SHOWN),
        countries=await fetch_all(connection, SQL["countries"], Country, *key, STATEMENT_COUNTRIES_MAX),
    )


async def statements_of(
    connection: Connection, creator_id: int, after: tuple[date, int], limit: int
) -> list[Statement]:
    """Those of a creator, the latest month first, from the one after `after`."""
    return await fetch_all(connection, SQL["statements_of_creator"], Statement, creator_id, *after, limit)


async def statements_of_year(connection: Connection, creator_id: int, year: int) -> list[Statement]:
    """Those of the months of a year, in their order."""
    return await fetch_all(connection, SQL["statements_of_year"], Statement, creator_id, year, STATEMENT_PACK_MAX)


async def all_statements(
    connection: Connection, after: tuple[int, int], creator_id: int | None, month: date | None, limit: int
) -> list[Statement]:
    """Those of everybody, the newest first; of one creator, and of one month, if these are named."""
    return await fetch_all(connection, SQL["all_statements"], Statement, *after, creator_id, month, limit)
