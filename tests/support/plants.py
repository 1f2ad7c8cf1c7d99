"""By what a planted bug was found. Only what a test can name is a finding; anything else is a broken test."""

import traceback
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from plaudit.ledger.model import OutcomeUnknown
from tests.support.databases import broken_laws, run_aside
from tests.support.machines import FirstFailure

_MACHINES = Path(__file__).parents[1] / "property"


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
    return {law.partition(":")[0] for law in run_aside(broken_laws(database_url))}


def _function_of(error: BaseException) -> str:
    """The innermost function of a machine that an error came through."""
    frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next(code.co_name for code in reversed(frames) if Path(code.co_filename).parent == _MACHINES)


def _said_by_the_database(error: BaseException | None) -> str:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return str(error.constraint_name)
    if isinstance(error, asyncpg.DataCorruptedError):
        return str(error)
    assert error is not None, "a failure has a cause"
    raise error
