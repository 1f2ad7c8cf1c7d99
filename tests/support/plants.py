"""Bugs planted in SQL, and by what they are found: only what a test can name is a finding, all else a fault of it."""

import re
import traceback
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from plaudit.connections import connect
from plaudit.ledger.model import OutcomeUnknown
from tests.support.databases import LAWS_OF_CAUSES, broken_laws, owner_of, run_aside
from tests.support.machines import FirstFailure

_EXAMPLES_FEW, _EXAMPLES = 12, 100
_MACHINES = Path(__file__).parents[1] / "property"
_PARTITION = re.compile(r"^gift_\d{6}_")
"""How a constraint of gifts is named in one of their months; which one, is the affair of the day."""


def plant(database_url: str, file: Path, right: str, wrong: str) -> None:
    """Put what is wrong in the place of what is right in a file of SQL, and have the database live by it."""
    planted, places = re.subn(re.escape(right), wrong, file.read_text(encoding="utf-8"))
    assert places, "the planted bug no longer fits the code"
    if file.parent.name == "migrations":  # applied once: of one, the function that a constraint stands on alone
        planted = re.sub(
            r".*^create (function .*?\$\$;).*", r"create or replace \1", planted, flags=re.MULTILINE | re.DOTALL
        )
    run_aside(_execute(database_url, planted))


async def _execute(url: str, sql: str) -> None:
    connection = await connect(owner_of(url))
    await connection.execute(sql)
    await connection.close()


def require_found(by: str, database_url: str, hold: Callable[[int], None]) -> None:
    """That a bug is found by what must find it, or by one of several with " or " between; `hold` runs a machine so many
    examples. What only a law sees, after the machine's end, a few of them show nearly always.

    Raises:
        AssertionError: it is found by something else, or by nothing.
        Exception: as `finders`.
    """
    found: set[str] = set()
    for examples in (_EXAMPLES_FEW, _EXAMPLES):
        found = finders(database_url, lambda: hold(examples))  # noqa: B023 - is called before it changes
        if any(expected in one for one in found for expected in by.split(" or ")):
            return
    raise AssertionError(found)


def finders(database_url: str, hold: Callable[[], None]) -> set[str]:
    """What saw that the books are wrong: the rule or invariant that stopped a machine, the constraint, the function's
    own words of what is corrupt, or the laws that are broken after the machine came to its end.

    Raises:
        Exception: something else stopped the machine, which says nothing of the bug.
    """
    try:
        hold()
    except FirstFailure as first:
        failure = first.__cause__
        if isinstance(failure, AssertionError | pytest.fail.Exception):
            return {_function_of(failure)}
        if isinstance(failure, OutcomeUnknown):
            failure = failure.__cause__ or failure
        return {_said_by_the_database(failure)}
    return {law.partition(":")[0] for law in run_aside(broken_laws(database_url, but=LAWS_OF_CAUSES))}


def _function_of(error: BaseException) -> str:
    """The innermost function of a machine that an error came through."""
    frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next(code.co_name for code in reversed(frames) if Path(code.co_filename).parent == _MACHINES)


def _said_by_the_database(error: BaseException | None) -> str:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return _PARTITION.sub("gift_", str(error.constraint_name))
    if isinstance(error, asyncpg.DataCorruptedError):
        return str(error)
    assert error is not None, "a failure has a cause"
    raise error
