"""What somebody paid, gave and got back in each month, by the books, in the time zone of their limits."""

from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec

from plaudit.brakes.answers import read_limits
from plaudit.brakes.model import Kind
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.languages.formats import UTC_ZONE
from plaudit.ledger.shards import shard_of
from plaudit.limits import MONTHS_SHOWN
from plaudit.money import Money, round_half_up
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

_MONTHS_OF_A_YEAR = 12


class MonthSum(msgspec.Struct, frozen=True):
    """Money of a month in one currency."""

    month: date
    currency: str
    minor: int


class MonthGifts(msgspec.Struct, frozen=True):
    """Gifts of a month to one creator."""

    month: date
    creator_id: int
    gifts: int
    coins: int


class MonthLots(msgspec.Struct, frozen=True):
    """Coins of gifts of a month to one creator, out of lots that cost the same."""

    month: date
    creator_id: int
    currency: str
    price_minor: int
    lot_coins: int
    coins: int

    @property
    def cost_minor(self) -> Fraction:
        return Fraction(self.price_minor * self.coins, self.lot_coins)


class Given(msgspec.Struct, frozen=True):
    """Gifts to one creator."""

    creator_id: int
    gifts: int
    coins: int
    cost: list[Money]
    """What their coins cost; nothing for presents."""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did in a month. Money is told by currency; `given` is what the coins of gifts had cost."""

    month: date
    """Its first day."""
    gifts: int
    coins: int
    """Of gifts."""
    paid: list[Money]
    given: list[Money]
    back: list[Money]
    creators: list[Given]
    """Those who got most coins first."""

    @property
    def is_empty(self) -> bool:
        return not (self.gifts or self.paid or self.back)


class Months(msgspec.Struct, frozen=True):
    """The last months, the newest first, and what somebody lets themselves give in one; None: all they like."""

    time_zone: str
    months: list[Month]
    limit: Money | None


async def months_of(connection: Connection, person_id: int, clock: Clock) -> Months:
    """MONTHS_SHOWN months, that which is not over included."""
    limits = await read_limits(connection, person_id, clock)
    zone = limits.time_zone or UTC_ZONE
    firsts = _last_months(clock.now().astimezone(ZoneInfo(zone)).date())
    since = datetime(firsts[-1].year, firsts[-1].month, 1, tzinfo=ZoneInfo(zone))
    wanted = (await shard_of(connection, person_id), person_id, since, zone)
    paid = _by_month(await fetch_all(connection, SQL["paid_by_month"], MonthSum, *wanted))
    back = _by_month(await fetch_all(connection, SQL["back_by_month"], MonthSum, *wanted))
    gifts = await fetch_all(connection, SQL["given_by_month"], MonthGifts, *wanted)
    lots = await fetch_all(connection, SQL["cost_by_month"], MonthLots, *wanted)
    limit = next(one for one in limits.limits if one.kind is Kind.MONTH).amount
    return Months(zone, [_month(first, paid[first], back[first], gifts, lots) for first in firsts], limit)


def _last_months(today: date) -> list[date]:
    """The first days of the last months, the newest first."""
    this = today.year * _MONTHS_OF_A_YEAR + today.month - 1
    return [date(*_year_and_month(this - ago), 1) for ago in range(MONTHS_SHOWN)]


def _year_and_month(months: int) -> tuple[int, int]:
    year, month = divmod(months, _MONTHS_OF_A_YEAR)
    return year, month + 1


def _by_month(sums: list[MonthSum]) -> defaultdict[date, list[Money]]:
    found: defaultdict[date, list[Money]] = defaultdict(list)
    for one in sorted(sums, key=lambda one: one.currency):
        found[one.month].append(Money(one.minor, one.currency))
    return found


def _month(first: date, paid: list[Money], back: list[Money], gifts: list[MonthGifts], lots: list[MonthLots]) -> Month:
    mine = sorted((one for one in gifts if one.month == first), key=lambda one: (-one.coins, one.creator_id))
    spent = [one for one in lots if one.month == first]
    return Month(
        month=first,
        gifts=sum(one.gifts for one in mine),
        coins=sum(one.coins for one in mine),
        paid=paid,
        given=_cost(spent),
        back=back,
        creators=[
            Given(
                one.creator_id, one.gifts, one.coins, _cost([lot for lot in spent if lot.creator_id == one.creator_id])
            )
            for one in mine
        ],
    )


def _cost(lots: list[MonthLots]) -> list[Money]:
    """What coins cost, exactly until each currency is rounded once."""
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for one in lots:
        sums[one.currency] += one.cost_minor
    return [Money(round_half_up(minor), currency) for currency, minor in sorted(sums.items())]
