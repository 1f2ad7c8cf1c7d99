"""Rules in the memory of a process: packs, and facts of people who do something, so that a gift asks no database."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import is_cancelled
from plaudit.problems import Problem
from plaudit.rules import tally
from plaudit.rules.asking import stopped_by
from plaudit.rules.deciding import both, goes_on, side
from plaudit.rules.facts import facts_of
from plaudit.rules.limits import BOOK_FRESH_S, FACTS_FRESH_S, FACTS_KNOWN_MAX, FACTS_TOLD_MAX, TALLY_EVERY_S
from plaudit.rules.model import NOWHERE, RECEIVE, Facts, Outcome, Reason, RuleAction, RuleDecision, brought_actions
from plaudit.rules.packs import RuleBook, shipped_packs
from plaudit.rules.published import book_version, current_book
from plaudit.settings import Settings

log = logging.getLogger(__name__)


class _Known:
    """Somebody, and what was decided of them by the packs that hold."""

    __slots__ = ("facts", "read_at", "sides")

    def __init__(self, facts: Facts, read_at: float) -> None:
        self.facts = facts
        self.read_at = read_at
        self.sides: dict[str, RuleDecision] = {}


class Rules:
    """What may be done, without a query: facts are believed for FACTS_FRESH_S, or until the database tells of others;
    packs until another begins."""

    def __init__(self, database: Database, own: Database, settings: Settings, clock: Clock) -> None:
        """`own`: to read packs and write what was counted; `database`: to read facts of whoever does something."""
        self._database = database
        self._own = own
        self._clock = clock
        self._ask_stops = settings.rules_ask_stops
        self._book = RuleBook(shipped_packs())
        self._version = -1
        self._changes_at: datetime | None = None
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self._told: OrderedDict[int, float] = OrderedDict()  # when facts of somebody were last told to be others
        self._told_all_at = 0.0
        self._watcher: asyncio.Task[None] | None = None
        self._look_at_book = asyncio.Event()

    async def start(self) -> None:
        await self._refresh()
        self._watcher = asyncio.create_task(self._watch(), name="rules")

    async def stop(self) -> None:
        if self._watcher:
            self._watcher.cancel()
            with suppress(asyncio.CancelledError):
                await self._watcher
        await self._write_tally()

    def hear(self, told: str | None) -> None:
        """What the database tells; None: something may have been missed, so nothing is believed any more."""
        kind, _, number = (told or "").partition(":")
        if told is None:
            self._known.clear()
            self._told_all_at = time.monotonic()
            self._look_at_book.set()
        elif kind == "facts" and number.isdecimal():
            self._known.pop(int(number), None)
            self._told[int(number)] = time.monotonic()
            self._told.move_to_end(int(number))
            while len(self._told) > FACTS_TOLD_MAX:
                self._told_all_at = self._told.popitem(last=False)[1]
        elif kind == "packs":
            self._look_at_book.set()

    def at_hand(self, action: RuleAction, person_id: int, other_id: int, at: datetime) -> RuleDecision | None:
        """What the rules say of something that one would do to another, by where their platforms say that they are;
        None: somebody is not known here, or evidence of where they are is to be asked for."""
        person, other = self._fresh(person_id), self._fresh(other_id)
        if person is None or other is None:
            return None
        found = self._decided(action, person, other, NOWHERE, at)
        return None if self._ask_stops and found.reason is Reason.COUNTRY_UNKNOWN else found

    async def ask(
        self, action: RuleAction, person_id: int, other_id: int, seen: frozenset[str], at: datetime
    ) -> RuleDecision:
        """The same, whatever has to be read. `seen`: where evidence names the one who would."""
        await self.know((person_id, other_id))
        person = self._known.get(person_id) or _Known(Facts(person_id=person_id), 0)
        other = self._known.get(other_id) or _Known(Facts(person_id=other_id), 0)
        return self._decided(action, person, other, seen, at)

    async def know(self, ids: Collection[int]) -> None:
        """Have facts of people at hand, read together."""
        await self._read([one for one in set(ids) if self._fresh(one) is None])

    async def closed(self, creator_ids: Collection[int]) -> frozenset[int]:
        """Those of some creators whom no gift reaches now: the rules where they are do not let it."""
        await self.know(creator_ids)
        at = self._clock.now()
        self._begin_due(at)
        return frozenset(one for one in creator_ids if not self._receives(one, at))

    async def unranked(self, ids: Collection[int]) -> frozenset[int]:
        """Those of some people where givers may not be ranked by money alone."""
        await self.know(ids)
        at = self._clock.now()
        book, places = self._book, {one: known.facts.places for one in ids if (known := self._known.get(one))}
        return frozenset(one for one, there in places.items() if not book.ranks_by_money(there, at))

    def _receives(self, creator_id: int, at: datetime) -> bool:
        known = self._known.get(creator_id) or _Known(Facts(person_id=creator_id), 0)
        return goes_on(self._side(RECEIVE, known, NOWHERE, at).outcome, ask_stops=self._ask_stops)

    def stopped_by(self, decision: RuleDecision, person_id: int, at: datetime) -> Problem | None:
        """The problem by which the rules stop it; None: it goes on."""
        if decision.outcome is Outcome.ALLOW:
            return None
        known = self._known.get(person_id)
        return stopped_by(decision, known.facts.language if known else None, at, ask_stops=self._ask_stops)

    @property
    def book(self) -> RuleBook:
        """All packs."""
        return self._book

    def _decided(
        self, action: RuleAction, person: _Known, other: _Known, seen: frozenset[str], at: datetime
    ) -> RuleDecision:
        self._begin_due(at)
        own = self._side(action, person, seen, at)
        if action.takes is None:
            return own
        return both(own, self._side(brought_actions()[action.takes], other, NOWHERE, at))

    def _side(self, action: RuleAction, known: _Known, seen: frozenset[str], at: datetime) -> RuleDecision:
        ends = known.facts.age is not None and known.facts.age.until is not None
        if seen or ends:
            return side(self._book, action, known.facts, seen, at)
        found = known.sides.get(action.name)
        if found is None:
            found = known.sides[action.name] = side(self._book, action, known.facts, NOWHERE, at)
        return found

    def _begin_due(self, at: datetime) -> None:
        if self._changes_at is not None and at >= self._changes_at:
            self._begin_packs(at)

    def _begin_packs(self, at: datetime) -> None:
        """What was decided by the packs before is decided anew."""
        for known in self._known.values():
            known.sides = {}
        self._changes_at = self._book.next_change(at)

    def _fresh(self, person_id: int) -> _Known | None:
        known = self._known.get(person_id)
        return known if known and time.monotonic() - known.read_at < FACTS_FRESH_S else None

    async def _read(self, ids: Collection[int]) -> None:
        """Facts of people who are not at hand. Of whom others are told while they are read, they are read again by the
        next who asks."""
        if not ids:
            return
        began = time.monotonic()
        async with self._database.read() as connection:
            found = await facts_of(connection, ids, self._clock.now())
        for person_id, facts in found.items():
            is_late = max(self._told.get(person_id, 0.0), self._told_all_at) >= began
            self._known[person_id] = _Known(facts, began - FACTS_FRESH_S if is_late else began)
            self._known.move_to_end(person_id)
        while len(self._known) > FACTS_KNOWN_MAX:
            self._known.popitem(last=False)

    async def _watch(self) -> None:
        looked_at = time.monotonic()
        while not is_cancelled():
            with suppress(TimeoutError):
                async with asyncio.timeout(TALLY_EVERY_S):
                    await self._look_at_book.wait()
            try:
                if self._look_at_book.is_set() or time.monotonic() - looked_at >= BOOK_FRESH_S:
                    self._look_at_book.clear()
                    looked_at = time.monotonic()
                    await self._refresh()
                await self._write_tally()
            except Exception as error:
                log.warning("rules could not be read or counted, those at hand stay: %r", error)

    async def _refresh(self) -> None:
        async with self._own.read() as connection:
            version = await book_version(connection)
            if version == self._version:
                return
            book = await current_book(connection)
        self._book, self._version = book, version
        self._begin_packs(self._clock.now())

    async def _write_tally(self) -> None:
        if not (taken := tally.TALLY.take()):
            return
        try:
            async with self._own.transaction() as connection:
                await tally.write(connection, taken)
        except Exception:
            tally.TALLY.give_back(taken)
            raise
