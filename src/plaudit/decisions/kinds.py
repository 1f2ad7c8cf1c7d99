"""Kinds of decisions: what each room brings, so that this one can show, hold and carry out what it knows nothing of."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.model import Change, Decision, DecisionOutdated
from plaudit.money import round_half_up
from plaudit.people.access import Access
from plaudit.problems import NotFound, Problem
from plaudit.rooms import rooms

Content = TypeVar("Content", bound=msgspec.Struct)
Before = TypeVar("Before", bound=msgspec.Struct)
Made = TypeVar("Made", bound=msgspec.Struct)


class Figure(msgspec.Struct, frozen=True):
    """One thing that content says: its label, how it reads, and its amount where a change can be told in percent."""

    label: str
    text: str
    amount: Fraction | None = None


def change(label: str, before: Figure | None, after: Figure | None, group: str | None = None) -> Change:
    """From one figure to another."""
    share = (
        after.amount / before.amount - 1 if before and before.amount and after and after.amount is not None else None
    )
    return Change(
        label=label,
        before=before.text if before else None,
        after=after.text if after else None,
        change_bps=None if share is None else round_half_up(share * 10_000),
        group=group,
    )


async def _nobody(_: Connection, __: Any) -> int | None:
    return None


async def _never(_: Connection, __: Any) -> bool:
    return False


def _no_subject(_: Any) -> str | None:
    return None


async def _unbound(_: Connection, __: Clock, ___: Any) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class DecisionKind(Generic[Content, Before, Made]):
    """What a room lets be decided. Everything gets the content; nothing calls a provider.

    The table that keeps what was made has `decision_id`, a trigger `require_decision`, and a law of the audit.
    """

    name: str
    """As it is kept; the lead time is the bound `<name>_lead_s`."""
    title: str
    access: Access
    """Who may propose one, and so confirm or refuse what others of them proposed."""
    content: type[Content]
    """What is proposed, confirmed and hashed; `effective_at` in it is what its proposer wishes."""
    in_force: Callable[[Connection, Clock, Content], Awaitable[Before | None]]
    """What it would take the place of. Once it is another, the decision is outdated."""
    before: type[Before]
    """The type of that."""
    figures: Callable[[Content | Before], Iterable[Figure]]
    """What content, or what is in force, says, under the same labels: the confirmer sees both."""
    apply: Callable[[Connection, Clock, Content, Decision, Any], Awaitable[Made]]
    """Carries a confirmed decision out, in the transaction in which it is confirmed; last it is given the house."""
    made: Callable[[Connection, UUID], Awaitable[Made]]
    """What a confirmed decision made."""
    compared: Callable[[Connection, Content, Before | None], Awaitable[Iterable[Change]]] | None = None
    """All it changes, where that is more than `figures` and a list has room for."""
    check: Callable[[Connection, Clock, Content], Awaitable[None]] = _unbound
    """Raises why it cannot be; asked when it is proposed and when it is confirmed."""
    subject: Callable[[Content], str | None] = _no_subject
    """What there may be one open decision of at a time."""
    beneficiary: Callable[[Connection, Content], Awaitable[int | None]] = _nobody
    """Who gains by it, and so decides nothing of it."""
    needs_before: bool = False
    """Whether two people are needed where nothing is in force that it could be held against."""
    takes_two: Callable[[Connection, Content], Awaitable[bool]] = _never
    """Whether two people are needed, one operator or not."""
    in_emergency: bool = True
    """Whether one operator may confirm it alone in an emergency."""
    problems: tuple[type[Problem], ...] = ()
    """Why it may not be carried out, beside what every decision has."""
    wakes: tuple[str, ...] = ()
    """The jobs that go on with what was made."""

    async def must_be_two(self, connection: Connection, decision: Decision) -> bool:
        """Whether nobody may confirm a decision alone, not even where there is one operator."""
        without = self.needs_before and decision.before is None
        return without or await self.takes_two(connection, self.read(decision))

    def read(self, decision: Decision) -> Content:
        """The content of a decision of this kind.

        Raises:
            DecisionOutdated: it was written by an earlier version, which said other things.
        """
        return _read(decision.content, self.content)

    def read_before(self, decision: Decision) -> Before:
        """What was in force when it was proposed, where there was something.

        Raises:
            DecisionOutdated: as `read`.
        """
        return _read(decision.before or "", self.before)


def _read(text: str, kind: type[Content]) -> Content:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise DecisionOutdated from error


class Kinds:
    """Those of all rooms, by name."""

    def __init__(self, kinds: Iterable[DecisionKind[Any, Any, Any]]) -> None:
        self._known = {kind.name: kind for kind in kinds}

    def __iter__(self) -> Iterator[DecisionKind[Any, Any, Any]]:
        return iter(self._known.values())

    def get(self, name: str) -> DecisionKind[Any, Any, Any] | None:
        """The kind of a name; None: no room here brings it any more."""
        return self._known.get(name)

    def of(self, name: str) -> DecisionKind[Any, Any, Any]:
        """The kind of a name.

        Raises:
            NotFound: no room here brings it.
        """
        if name not in self._known:
            raise NotFound("No decision is of this kind.")
        return self._known[name]


@cache
def brought_kinds() -> Kinds:
    """Those of all rooms."""
    return Kinds(kind for room in rooms() if room.decisions for kind in room.bring(room.decisions))


def canonical(content: msgspec.Struct) -> str:
    """Content as it is hashed: one text for what is the same."""
    return msgspec.json.encode(content, order="sorted").decode()
