"""Caps on the money of one person: those of packs, and the one that the operator sets on what is paid in a day."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from plaudit.languages.formats import format_money
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later
from plaudit.money import Money, exponent
from plaudit.policy.sentences import region_name
from plaudit.problems import Conflict, Moment
from plaudit.rules.limits import CAP_DAY_H, CAP_MONTH_H
from plaudit.rules.model import BUY, Outcome, Reason, RuleDecision
from plaudit.rules.packs import RuleBook, Source
from plaudit.settings import Settings

_HOURS = {"day": CAP_DAY_H, "month": CAP_MONTH_H}
_REASONS = {"day": Reason.CAP_DAY, "month": Reason.CAP_MONTH}
_SENTENCES = {
    CAP_DAY_H: later("In %(country)s one person may pay %(cap)s for coins within 24 hours. %(left)s of it is left."),
    CAP_MONTH_H: later("In %(country)s one person may pay %(cap)s for coins within 31 days. %(left)s of it is left."),
}


class HeldCap(msgspec.Struct, frozen=True, kw_only=True):
    """A cap that holds. None of the last `hours` may pass it: so no day or month does, in any time zone."""

    country: str
    version: int | None
    """Of the country's pack; None: the operator's own."""
    reason: Reason
    hours: int
    amount: Money
    sources: tuple[Source, ...] = ()

    @property
    def decision(self) -> RuleDecision:
        """What the rules answer whoever would pass it."""
        return RuleDecision(
            outcome=Outcome.REFUSE, action=BUY.name, reason=self.reason, country=self.country, version=self.version
        )


class CapReached(Conflict):
    """One person may not pay as much for coins there. `left` can be paid at once, the amount asked for at `fits_at`;
    null: it never can."""

    code: ClassVar[str] = "cap_reached"
    title: ClassVar[str] = "One person may not pay as much for coins where you are."

    class Fields(msgspec.Struct, frozen=True):
        rule: Annotated[str, Meta(description="Country, action and reason.", examples=["US.buy.cap_day"])]
        reason: Annotated[Reason, Meta(description="Which cap.")]
        version: Annotated[int | None, Meta(description="Of the country's pack; null: the operator's own cap.")]
        cap: Money
        hours: Annotated[int, Meta(description="Within how many hours.")]
        left: Money
        fits_at: Moment | None
        link: Annotated[str, Meta(description="A page that says what holds for the caller.", examples=["/rules"])]


def caps_in(book: RuleBook, countries: Collection[str], settings: Settings, at: datetime) -> list[HeldCap]:
    """What holds in any of some countries: the caps of their packs and the operator's own."""
    return [*_of_packs(book, countries, at), *_of_operator(settings, countries)]


def _of_packs(book: RuleBook, countries: Collection[str], at: datetime) -> Iterator[HeldCap]:
    for pack, period, cap in book.caps(countries, at):
        yield HeldCap(
            country=pack.country,
            version=pack.version,
            reason=_REASONS[period],
            hours=_HOURS[period],
            amount=Money(cap.amount_minor, cap.currency),
            sources=tuple(pack.sources[name] for name in cap.sources),
        )


def _of_operator(settings: Settings, countries: Collection[str]) -> Iterator[HeldCap]:
    for word in settings.funded_per_day_max.split():
        country, amount = word.split("=")
        if country in countries:
            units, currency = int(amount[:-3]), amount[-3:]
            yield HeldCap(
                country=country,
                version=None,
                reason=Reason.FUNDED_DAY,
                hours=CAP_DAY_H,
                amount=Money(units * 10 ** exponent(currency), currency),
            )


def explain_cap(cap: HeldCap, left: Money) -> str:
    """What somebody is told whom a cap stops."""
    return _(
        _SENTENCES[cap.hours],
        country=region_name(cap.country),
        cap=format_money(cap.amount),
        left=format_money(left),
    )
