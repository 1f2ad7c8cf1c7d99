"""What happened before the demo begins, as `past.toml` describes it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from plaudit.countries import Country
from plaudit.demo.cast import read_toml

_PAST_FILE = Path(__file__).with_name("past.toml")

Day = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a sale some days after it."""

    after_days: Annotated[int, msgspec.Meta(ge=1)]
    does: Literal["withdraw", "refund", "dispute", "win", "lose", "warn"]
    percent: Percent = 100
    """Of the price that a refund gives back."""
    reason: str = ""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sale of which more is told. Without a card it is paid with one from home."""

    day: Day
    country: Country
    coins: int
    spend: float
    card: str | None = None
    steps: list[Step] = []


class Stray(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment at the provider that is of no order; somebody closed the difference with words, or nobody did."""

    day: Day
    amount_minor: int
    currency: str
    description: str
    closed_with: str | None = None


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Coins an operator gave to somebody of a country."""

    day: Day
    country: Country
    coins: int
    reason: str
    expires_days: int


class SellerPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seller of record, and where it sells."""

    code: str
    name: str
    address: str
    regions: list[Country]
    tax_id: str = ""


class TaxPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tax outside the published data."""

    country: Country
    name: str
    rate_bps: int


class Rise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Higher prices in a country, from a day to come on."""

    name: str
    note: str
    country: Country
    percent: Percent
    days_ahead: Annotated[int, msgspec.Meta(ge=1)]
    """It begins with a month, at least so many days from then."""


class Saving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lower prices of large packages in a country, which somebody still works on."""

    name: str
    country: Country
    percent: Percent
    coins_from: int


class PastPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some weeks."""

    days: int
    sales_each_day: tuple[int, int]
    busy_weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    spend_shares: list[float]
    video_share: float
    """Of the gifts, those that are on videos, once there are any."""
    convert_on: list[Day]
    new_prices_on: Day
    countries: dict[Country, int]
    packages: dict[str, int]
    """By how many coins they bring."""
    seller: list[SellerPlan]
    tax: list[TaxPlan]
    story: list[Story]
    stray: list[Stray]
    grant: list[Gift]
    rise: Rise
    saving: Saving


def read_past() -> PastPlan:
    """The plan of the file beside this module."""
    plan: PastPlan = read_toml(_PAST_FILE, PastPlan)
    return plan


def next_month(moment: datetime) -> datetime:
    """The beginning of the month after a moment's."""
    return midnight((moment.replace(day=1) + timedelta(days=31)).replace(day=1))


def midnight(moment: datetime) -> datetime:
    """The beginning of a moment's day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
