"""What a check is, what it may rest on, and what it says."""

import enum
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import httpx2
import msgspec

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import JobState
from plaudit.payouts.providers import PayoutProviders
from plaudit.selling.providers import PaymentProviders
from plaudit.settings import Settings


class State(enum.StrEnum):
    """How something stands."""

    OK = "ok"
    ATTENTION = "attention"
    """It works, and somebody should look at it."""
    BLOCKING = "blocking"
    """No gift can be sold, sent or cashed out as long as this is so."""
    NOT_ASKED = "not_asked"
    """It could not be asked; `why` says what stood in the way."""


class CheckOutcome(msgspec.Struct, frozen=True):
    """What a check found, in words for an operator; and the one command, or page of ours, that mends it."""

    state: State
    why: str
    command: str = ""
    page: str = ""


def ok(why: str) -> CheckOutcome:
    return CheckOutcome(State.OK, why)


def attention(why: str, *, command: str = "", page: str = "") -> CheckOutcome:
    return CheckOutcome(State.ATTENTION, why, command, page)


def blocking(why: str, *, command: str = "", page: str = "") -> CheckOutcome:
    return CheckOutcome(State.BLOCKING, why, command, page)


def not_asked(why: str, *, command: str = "", page: str = "") -> CheckOutcome:
    return CheckOutcome(State.NOT_ASKED, why, command, page)


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a report."""

    id: str
    title: str
    state: State
    why: str
    command: str = ""
    page: str = ""


class Report(msgspec.Struct, frozen=True):
    """All lines of one look."""

    results: list[CheckResult]

    def of(self, state: State) -> list[CheckResult]:
        return [one for one in self.results if one.state is state]

    @property
    def open(self) -> list[CheckResult]:
        """What somebody has to do, what blocks at first."""
        return [*self.of(State.BLOCKING), *self.of(State.ATTENTION)]

    @property
    def is_ready(self) -> bool:
        return not self.of(State.BLOCKING)


class SeenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the request that asked for a report looked like when it arrived here."""

    scheme: str
    """What the proxy says the browser speaks; empty when it says nothing."""
    host: str
    peer: str
    """Who opened the connection."""
    forwarded_for: str
    """The header of the setting, as it came."""
    client: str
    """Who that makes the client."""


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What checks look at."""

    settings: Settings
    clock: Clock
    client: httpx2.AsyncClient
    """Speaks to anybody, without a key."""
    database: Database | None
    """None: it cannot be reached, for the reason in `database_problem`."""
    database_problem: str = ""
    payments: PaymentProviders | None = None
    payouts: PayoutProviders | None = None
    providers_problem: str = ""
    """What is wrong with how providers are described."""
    seen: SeenRequest | None = None
    jobs: Collection[JobState] | None = None
    """None: nobody works here, this is a command."""

    @property
    def opened(self) -> Database:
        """The database; a check that says `needs` is asked only when there is one."""
        assert self.database is not None
        return self.database


class Needs(enum.IntEnum):
    """What must be there before a check is asked."""

    NOTHING = 0
    DATABASE = 1
    PRIVILEGES = 2
    """The tables are there; whether they may be read is the question."""
    SCHEMA = 3


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must be right."""

    id: str
    title: str
    run: Callable[[Grounds], Awaitable[CheckOutcome]]
    needs: Needs = Needs.SCHEMA
    is_gate: bool = False
    """Whether nothing that needs more is asked while it blocks."""
    is_slow: bool = False
    """Whether it speaks to other servers or reads much, so that it is asked when somebody looks, not each minute."""
