"""The European Central Bank's reference rates as it publishes them: an XML document with one day, or several."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from xml.parsers.expat import ExpatError, ParserCreate

from plaudit.exchange.model import EURO, PIVOT, Rates
from plaudit.limits import EXCHANGE_RATES_PER_DAY_MAX, EXCHANGE_RATES_PER_DAY_MIN


class RatesRefused(Exception):
    """What was fetched is no set of rates that may be used; the message says why."""


class _Reader:
    """Gathers cubes with a time, and in each those with a currency. What declares entities is not read at all."""

    def __init__(self) -> None:
        self.days: dict[date, dict[str, Decimal]] = {}
        self._present: dict[str, Decimal] | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "Cube":
            return
        if "time" in attributes:
            day = _day(attributes["time"])
            if day in self.days:
                raise RatesRefused(f"{day} is there twice")
            self._present = self.days[day] = {}
        elif "currency" in attributes:
            self._add(attributes["currency"], attributes.get("rate", ""))

    def _add(self, currency: str, text: str) -> None:
        if self._present is None:
            raise RatesRefused(f"the rate of {currency[:10]} has no day")
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()) or currency in {EURO, *self._present}:
            raise RatesRefused(f"{currency[:10]!r} is no currency, or there twice")
        self._present[currency] = _rate(currency, text)

    def refuse(self, *_: object) -> None:
        raise RatesRefused("it declares a document type")


def read_rates(body: bytes) -> list[Rates]:
    """The days of a document, the oldest first.

    Raises:
        RatesRefused: it is no such document, or a day of it has not as many rates as it should.
    """
    reader, parser = _Reader(), ParserCreate()
    parser.StartElementHandler = reader.begin
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise RatesRefused(f"it is no XML: {error}") from error
    if not reader.days:
        raise RatesRefused("it has no day")
    for day, rates in reader.days.items():
        if not EXCHANGE_RATES_PER_DAY_MIN <= len(rates) <= EXCHANGE_RATES_PER_DAY_MAX:
            raise RatesRefused(f"{day} has {len(rates)} rates")
        if PIVOT not in rates:
            raise RatesRefused(f"{day} has no rate of {PIVOT}")
    return [Rates(day, reader.days[day]) for day in sorted(reader.days)]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RatesRefused(f"{text[:20]!r} is no day") from error


def _rate(currency: str, text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise RatesRefused(f"{text[:20]!r} is no rate of {currency}") from error
    if not rate.is_finite() or not Decimal("0.0001") <= rate <= Decimal(10_000_000):
        raise RatesRefused(f"{text[:20]} is no rate of {currency}")
    return rate


def require_steady(fetched: list[Rates], known: Sequence[Rates], today: date, jump_percent_max: int) -> list[Rates]:
    """The days of what was fetched that are not known, each held against the days before and after it.

    Args:
        fetched: as it was published, the oldest first.
        known: the days there are among those, and the nearest before and after them.
        today: by UTC.
        jump_percent_max: by how much a currency may move from one day to the next.

    Raises:
        RatesRefused: a day has not come yet, or a currency moved by more from one day to the next.
    """
    by_day = {rates.day: rates for rates in known}
    new = [rates for rates in fetched if rates.day not in by_day]
    before: dict[str, Decimal] = {}
    was_new = False
    for rates in sorted([*known, *new], key=lambda one: one.day):
        is_new = rates.day not in by_day
        if is_new and rates.day > today:
            raise RatesRefused(f"{rates.day} has not come yet")
        if is_new or was_new:
            _require_no_jump(before, rates, jump_percent_max)
        before, was_new = {**before, **rates.per_euro}, is_new
    return new


def _require_no_jump(before: Mapping[str, Decimal], rates: Rates, percent_max: int) -> None:
    for currency, rate in rates.per_euro.items():
        held = before.get(currency)
        if held is None:
            continue
        larger, smaller = max(Fraction(rate), Fraction(held)), min(Fraction(rate), Fraction(held))
        if larger > smaller * Fraction(100 + percent_max, 100):
            raise RatesRefused(f"{currency} went from {held} to {rate} on {rates.day}, by more than {percent_max} %")
