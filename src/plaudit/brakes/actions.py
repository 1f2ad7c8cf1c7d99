"""What somebody says of their own limits and breaks."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from plaudit.brakes.model import (
    IN_MONEY,
    CoinPrices,
    Kind,
    LimitCurrencyDiffers,
    LimitsNotPriced,
    NewBreak,
    NewExclusion,
    NewLimit,
    OnlyYouRaise,
)
from plaudit.brakes.reading import SQL, read_terms
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.events.model import SelfExclusionBegan
from plaudit.ids import require_uuid7
from plaudit.limits import BRAKES_LAID_AT_ONCE_MAX
from plaudit.people.references import reference
from plaudit.problems import IdempotencyConflict, InvalidField


async def set_limit(
    connection: Connection,
    clock: Clock,
    prices: CoinPrices,
    person_id: int,
    kind: Kind,
    new: NewLimit,
    *,
    may_raise: bool,
) -> None:
    """Say what holds of one kind. Stricter holds at once, looser after the delay of its kind. Once per id.

    Raises:
        InvalidField: the id is no UUIDv7, or it is not what a limit of the kind has; or there is no such time zone.
        LimitCurrencyDiffers: the amount was meant in another currency.
        LimitsNotPriced: there are no prices.
        IdempotencyConflict: the id was used for something else.
        OnlyYouRaise: it is looser, and `may_raise` is false.
    """
    require_uuid7(new.id, "body.id", clock)
    _check(kind, new)
    now = clock.now()
    night = new.night
    outcome = await connection.fetchval(
        SQL["set_limit"],
        *(new.id, person_id, kind.value, new.amount_minor, new.minutes),
        *((night.from_minute, night.to_minute, night.asks) if night else (None, None, None)),
        *(now, *await require_worth(prices, person_id), new.time_zone, may_raise),
    )
    terms = await read_terms(connection, person_id)
    if new.currency is not None and terms is not None and new.currency != terms.currency:
        raise LimitCurrencyDiffers(currency=terms.currency)
    if outcome == "conflict":
        raise IdempotencyConflict(id=new.id)
    if outcome == "looser":
        raise OnlyYouRaise


def _check(kind: Kind, new: NewLimit) -> None:
    given: dict[str, Any] = {"amount_minor": new.amount_minor, "minutes": new.minutes, "night": new.night}
    wanted = "amount_minor" if kind in IN_MONEY else "night" if kind is Kind.NIGHT else "minutes"
    for name, value in given.items():
        if value is not None and name != wanted:
            raise InvalidField(field=f"body.{name}", reason=f"is not for a limit of the kind {kind}")
    if new.night is not None and new.night.from_minute == new.night.to_minute:
        raise InvalidField(field="body.night.to_minute", reason="must be another minute than it begins with")
    if new.time_zone is not None and new.time_zone not in available_timezones():
        raise InvalidField(field="body.time_zone", reason="must be a name of the IANA database")
    if new.amount_minor is not None and new.currency is None:
        raise InvalidField(field="body.currency", reason="must be given with amount_minor")


async def require_worth(prices: CoinPrices, person_id: int) -> tuple[str, int]:
    """The currency of somebody's prices, and what a coin is worth in it.

    Raises:
        LimitsNotPriced: there are no prices.
    """
    found = await prices.coin_worth(person_id)
    if found is None:
        raise LimitsNotPriced
    return found


async def withdraw(connection: Connection, clock: Clock, person_id: int, kind: Kind) -> None:
    """Let what waits of a kind not come. Without anything that waits it changes nothing."""
    await connection.fetchval(SQL["withdraw_limit"], person_id, kind.value, clock.now())


async def take_break(connection: Connection, clock: Clock, prices: CoinPrices, person_id: int, new: NewBreak) -> None:
    """Buy and give nothing for some days. Once per id.

    Raises:
        InvalidField: the id is no UUIDv7.
        LimitsNotPriced: there are no prices.
        IdempotencyConflict: the id was used for something else.
    """
    require_uuid7(new.id, "body.id", clock)
    now = clock.now()
    await _pause(connection, prices, person_id, (new.id, "break"), now, now + timedelta(days=new.days))


async def exclude(connection: Connection, clock: Clock, prices: CoinPrices, person_id: int, new: NewExclusion) -> None:
    """Buy and give nothing for a long time; the person's platform is told by an event. Once per id. Raises as
    `take_break`."""
    require_uuid7(new.id, "body.id", clock)
    now = clock.now()
    ends_at = now + timedelta(days=new.days)
    known = await connection.fetchval(SQL["is_pause"], new.id)
    await _pause(connection, prices, person_id, (new.id, "exclusion"), now, ends_at)
    if not known and (person := await reference(connection, person_id)):
        await record(connection, now, SelfExclusionBegan(who=person, ends_at=ends_at))


async def _pause(
    connection: Connection,
    prices: CoinPrices,
    person_id: int,
    named: tuple[Any, str],
    now: datetime,
    ends_at: datetime,
) -> None:
    pause_id, kind = named
    worth = await require_worth(prices, person_id)
    if not await connection.fetchval(SQL["set_pause"], pause_id, person_id, kind, now, ends_at, *worth):
        raise IdempotencyConflict(id=pause_id)


async def lay_due(database: Database, clock: Clock) -> int:
    """Let limits hold whose time has come; answers of how many people. Until then the stricter one holds."""
    async with database.transaction() as connection:
        people: int = await connection.fetchval(SQL["lay_due_brakes"], clock.now(), BRAKES_LAID_AT_ONCE_MAX)
    return people
