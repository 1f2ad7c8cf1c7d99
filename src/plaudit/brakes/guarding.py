"""What a guardian says of somebody's brakes; who answers for whom is not asked here."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.brakes.actions import require_worth
from plaudit.brakes.model import CoinPrices, GuardianLimit, Kind, LimitCurrencyDiffers, Night, TimeZone
from plaudit.brakes.reading import SQL, read_terms
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import IdMeta, new_id, require_uuid7
from plaudit.limits import LIMIT_AMOUNT_MINOR_MAX
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.statements import fetch_all

GUARDED = (Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.SESSION, Kind.GIFT, Kind.CREATOR, Kind.NIGHT)
"""What guardians can limit."""


class NewGuardianLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a guardian wants of one kind. Without an amount or a night: no such limit of theirs."""

    id: Annotated[UUID, IdMeta]
    amount_minor: Annotated[int, Meta(ge=1, le=LIMIT_AMOUNT_MINOR_MAX)] | None = None
    currency: (
        Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="What was shown; refused when it is another.")]
        | None
    ) = None
    night: Night | None = None
    time_zone: TimeZone | None = None


async def set_limit(
    connection: Connection,
    clock: Clock,
    prices: CoinPrices,
    person_id: int,
    set_by: int,
    kind: Kind,
    new: NewGuardianLimit,
) -> None:
    """Say what a guardian lets somebody spend; it holds at once. Once per id.

    Raises:
        InvalidField: the id is no UUIDv7, or it is not what a limit of the kind has.
        LimitCurrencyDiffers: the amount was meant in another currency.
        LimitsNotPriced: there are no prices.
        IdempotencyConflict: the id was used for something else.
    """
    require_uuid7(new.id, "body.id", clock)
    _check(kind, new)
    night = (new.night.from_minute, new.night.to_minute) if new.night else (None, None)
    worth = await require_worth(prices, person_id)
    said = (new.id, person_id, set_by, kind.value, new.amount_minor, *night, clock.now(), *worth, new.time_zone)
    outcome = await connection.fetchval(SQL["set_guardian_limit"], *said)
    terms = await read_terms(connection, person_id)
    if new.currency is not None and terms is not None and new.currency != terms.currency:
        raise LimitCurrencyDiffers(currency=terms.currency)
    if outcome == "conflict":
        raise IdempotencyConflict(id=new.id)


def _check(kind: Kind, new: NewGuardianLimit) -> None:
    if kind not in GUARDED:
        raise InvalidField(field="path.kind", reason="is not for guardians")
    if new.amount_minor is not None and kind is Kind.NIGHT:
        raise InvalidField(field="body.amount_minor", reason="is not for a night")
    if new.night is not None and kind is not Kind.NIGHT:
        raise InvalidField(field="body.night", reason=f"is not for a limit of the kind {kind}")
    if new.night is not None and (new.night.asks or new.night.from_minute == new.night.to_minute):
        raise InvalidField(field="body.night", reason="must last, and asks nothing")
    if new.amount_minor is not None and new.currency is None:
        raise InvalidField(field="body.currency", reason="must be given with amount_minor")


async def stop(connection: Connection, clock: Clock, prices: CoinPrices, person_id: int, set_by: int) -> None:
    """Have nothing of somebody given or bought from now on. Repeating it changes nothing.

    Raises:
        LimitsNotPriced: there are no prices, so that there is nothing to stop.
    """
    worth = await require_worth(prices, person_id)
    await connection.execute(SQL["stop_spending"], new_id(clock), person_id, set_by, clock.now(), *worth)


async def let_spend(connection: Connection, person_id: int, set_by: int, now: datetime, *, limits: bool) -> None:
    """What somebody stopped goes on; `limits`: those that they set end, too."""
    await connection.execute(SQL["let_spend"], person_id, set_by, now, limits)


async def limits_set(connection: Connection, person_id: int) -> list[GuardianLimit]:
    """What guardians set somebody, that holds."""
    return await fetch_all(connection, SQL["guardian_limits"], GuardianLimit, person_id)


async def stopped_by(connection: Connection, person_id: int) -> list[int]:
    """Which guardians stopped somebody's spending."""
    found: list[int] = await connection.fetchval(SQL["stopped_by"], person_id)
    return found
