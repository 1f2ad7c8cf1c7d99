"""Tries that were refused, counted by the minute: a flood of them is one row, and costs no more than a few do."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from plaudit.acts import Actor, ActRecord
from plaudit.limits import REFUSED_KINDS_MAX, REFUSED_KINDS_PER_NETWORK_MAX

_MINUTE_S = 60
_Alike = tuple[object, ...]


@dataclass
class _Tries:
    first: ActRecord
    times: int = 0


class Refusals:
    """What one process counts. What is alike in a minute is one record; of more than REFUSED_KINDS_PER_NETWORK_MAX
    kinds from one network the rest is told apart by its problem only, and so is, from anywhere, the rest of more than
    REFUSED_KINDS_MAX."""

    def __init__(self) -> None:
        self._minutes: dict[int, dict[_Alike, _Tries]] = {}

    def count(self, record: ActRecord) -> None:
        tries = self._minutes.setdefault(int(record.at.timestamp() // _MINUTE_S), {})
        if _alike(record) not in tries:
            if len(tries) >= REFUSED_KINDS_MAX:
                record = _any_of(record, None)
            elif sum(one.first.address == record.address for one in tries.values()) >= REFUSED_KINDS_PER_NETWORK_MAX:
                record = _any_of(record, record.address)
        tries.setdefault(_alike(record), _Tries(record)).times += 1

    def take(self, before: float | None = None) -> list[ActRecord]:
        """The records of minutes that were over at a moment (seconds since 1970); without one, of all. They are
        counted no longer."""
        over = [minute for minute in self._minutes if before is None or minute < before // _MINUTE_S]
        return [record for minute in sorted(over) for record in _records(self._minutes.pop(minute).values())]


def _any_of(record: ActRecord, address: str | None) -> ActRecord:
    return ActRecord(
        id=record.id,
        at=record.at,
        kind="refused",
        actor=Actor.NOBODY,
        operation="*",
        outcome=record.outcome,
        address=address,
        problem=record.problem,
    )


def _alike(record: ActRecord) -> _Alike:
    who = (record.actor, record.person_id, record.key_id, record.address)
    return (*who, record.operation, record.about, record.problem, record.outcome, record.of)


def _records(tries: Iterable[_Tries]) -> Iterable[ActRecord]:
    return (msgspec.structs.replace(one.first, times=one.times) for one in tries)
