"""How often rules refused and asked: counted in this process, and written now and then."""

from collections import Counter
from datetime import UTC, date, datetime

import msgspec

from plaudit.connections import Connection
from plaudit.rules.limits import TALLIES_TOLD_MAX
from plaudit.rules.model import Outcome, RuleDecision
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class _Counted(msgspec.Struct, frozen=True):
    day: date
    rule: str
    version: int
    outcome: str
    stopped: bool


class RuleTally(msgspec.Struct, frozen=True):
    """How often a rule refused or asked in a period. `stopped`: it went no further."""

    rule: str
    version: int
    outcome: Outcome
    stopped: bool
    times: int


class Tally:
    """What was counted and is not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[_Counted] = Counter()

    def count(self, decision: RuleDecision, at: datetime, *, stopped: bool) -> None:
        """Count something that was not simply allowed."""
        day = at.astimezone(UTC).date()
        self._counts[_Counted(day, decision.rule, decision.version or 0, decision.outcome, stopped)] += 1

    def take(self) -> list[tuple[_Counted, int]]:
        """What was counted since it was last taken."""
        taken, self._counts = self._counts, Counter()
        return sorted(taken.items(), key=lambda one: msgspec.structs.astuple(one[0]))

    def give_back(self, taken: list[tuple[_Counted, int]]) -> None:
        """What could not be written."""
        self._counts.update(dict(taken))


TALLY = Tally()
"""Of this process: refusals are raised where nothing else is at hand, in transactions that are given up."""


async def write(connection: Connection, taken: list[tuple[_Counted, int]]) -> None:
    """Add what was counted, in one order, so that two processes wait for each other and no longer."""
    columns = zip(*(msgspec.structs.astuple(one) for one, _ in taken), strict=True)
    await connection.execute(SQL["add_tallies"], *map(list, columns), [times for _, times in taken])


async def tallies(connection: Connection, first: date, last: date) -> list[RuleTally]:
    """What rules refused and asked from one day to another, the most frequent first."""
    return await fetch_all(connection, SQL["tallies"], RuleTally, first, last, TALLIES_TOLD_MAX)
