"""Tries that were refused, counted by the minute: a flood of them is one row, and costs no more than a few do."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from plaudit.acts import Actor, ActRecord
from plaudit.limits import REFUSED_KINDS_MAX

_MINUTE_S = 60
_Alike = tuple[object, ...]


@dataclass
class _Tries:
    first: ActRecord
    times: int = 0


class Refusals:
    """What one process counts. What is alike in a minute is one record; of more than REFUSED_KINDS_MAX kinds, the rest
    is told apart by its problem only."""

    def __init__(self) -> None:
        self._minutes: dict[int, dict[_Alike, _Tries]] = {}

    def count(self, record: ActRecord) -> None:
        tries = self._minutes.setdefault(int(record.at.timestamp() // _MINUTE_S), {})
        alike = _alike(record)
        if alike not in tries and len(tries) >= REFUSED_KINDS_MAX:
            record = ActRecord(
                id=record.id,
                at=record.at,
                kind="refused",
                actor=Actor.NOBODY,
                operation="*",
                outcome=record.outcome,
                problem=record.problem,
            )
            alike = _alike(record)
        tries.setdefault(alike, _Tries(record)).times += 1

    def take(self, before: float | None = None) -> list[ActRecord]:
        """The records of minutes that were over at a moment (seconds since 1970); without one, of all. They are
        counted no longer."""
        over = [minute for minute in self._minutes if before is None or minute < before // _MINUTE_S]
        return [record for minute in sorted(over) for record in _records(self._minutes.pop(minute).values())]


def _alike(record: ActRecord) -> _Alike:
    who = (record.actor, record.person_id, record.key_id, record.address)
    return (*who, record.operation, record.about, record.problem, record.outcome, record.of)


def _records(tries: Iterable[_Tries]) -> Iterable[ActRecord]:
    return (msgspec.structs.replace(one.first, times=one.times) for one in tries)
