"""Filters of page templates beside those of every template: prices of one coin, shares, names of regions, pictures."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol
from unicodedata import combining, normalize

from babel import Locale

from plaudit.check_codes.codes import written
from plaudit.countries import is_country
from plaudit.languages.formats import (
    format_days,
    format_money,
    format_number,
    format_share,
    format_unit_price,
    territory_name,
)
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, ngettext, voice
from plaudit.money import Money, exponent
from plaudit.policy.sentences import explain, region_name
from plaudit.selling.orders.vouchers import voucher_number
from plaudit.selling.papers.document import tax_name
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.reversals.model import Kind, Obstacle, Reversal, State
from plaudit.web.pages.scenes import scene_of
from plaudit.web.words import decline_reason

_REVERSAL_TITLES = {
    Kind.WITHDRAWAL: later("Taken back"),
    Kind.REFUND: later("Refunded"),
    Kind.VOID: later("Taken back by the app store"),
    Kind.CHARGEBACK: later("Disputed at the bank"),
}
_REVERSAL_STATES = {State.DONE: later("Paid back"), State.UNDONE: later("Did not work, coins are back")}
_DISPUTE_STATES = {
    State.OPENED: later("Undecided"),
    State.DONE: later("Paid back"),
    State.UNDONE: later("Ended, coins are back"),
}
_ON_ITS_WAY = later("On its way")
_CARD_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
_OBSTACLES = {
    Obstacle.NOT_PAID: later("This order is not paid."),
    Obstacle.STORE: later(
        "These coins were bought in an app store. Only the store can give the money back: ask it there."
    ),
    Obstacle.NO_RIGHT: later("Coins bought in this region cannot be taken back."),
    Obstacle.TOO_LATE: later("The time in which these coins could be taken back is over."),
    Obstacle.NOTHING_LEFT: later("All of this order has gone back already."),
    Obstacle.ALL_SPENT: later("All coins of this order are spent."),
    Obstacle.TOO_LITTLE: later("What is unspent cost less than the smallest amount that can be paid."),
    Obstacle.WHOLE_ONLY: later("This way of paying gives back whole orders only, and some of these coins are spent."),
}


def per_coin(package: Any) -> str:
    """What one coin of a package costs, finer than can be paid: $0.0106."""
    return format_unit_price(Fraction(package.price.amount_minor, package.coins), package.price.currency)


def percent(bps: int) -> str:
    """Basis points as a share: 19%, 2.9 %."""
    return format_share(bps)


def countries() -> list[tuple[str, str]]:
    """Countries with their names, in the order of the names."""
    return by_name(code for code in map(str, Locale.parse(voice().locale).territories) if is_country(code))


def by_name(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries with their names in the reader's language, in the order of the names: Österreich beside Oman."""
    return sorted(((code, territory_name(code)) for code in codes), key=lambda named: _plain(named[1]))


def _plain(name: str) -> str:
    """A name without the marks of its letters, in small ones."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()


def money_of(minor: int, currency: str) -> Money:
    return Money(minor, currency)


def span(seconds: int) -> str:
    """A length of time in words: 7 days, 10 seconds."""
    if seconds >= 86_400 and seconds % 86_400 == 0:
        return format_days(seconds // 86_400)
    if seconds >= 3_600 and seconds % 3_600 == 0:
        hours = seconds // 3_600
        return ngettext("%(number)s hour", "%(number)s hours", hours, number=format_number(hours))
    if seconds >= 60 and seconds % 60 == 0:
        minutes = seconds // 60
        return ngettext("%(number)s minute", "%(number)s minutes", minutes, number=format_number(minutes))
    return ngettext("%(number)s second", "%(number)s seconds", seconds, number=format_number(seconds))


def ago(value: datetime, now: datetime) -> str:
    """How long ago something was: just now, 3 minutes ago."""
    seconds = int(max(now - value, timedelta()).total_seconds())
    for length in (86_400, 3_600, 60):
        if seconds >= length:
            return f"{span(seconds // length * length)} ago"
    return "just now"


def reversal_title(reversal: Reversal) -> str:
    """What a reversal is, to its buyer."""
    return _(_REVERSAL_TITLES[reversal.kind])


def reversal_state(reversal: Reversal) -> str:
    """Where a reversal is, to its buyer."""
    states = _DISPUTE_STATES if reversal.kind is Kind.CHARGEBACK else _REVERSAL_STATES
    return _(states.get(reversal.state, _ON_ITS_WAY))


def channel_title(code: str) -> str:
    """What operators call a channel: Apple app."""
    return channel_of(code).title


def channel_place(code: str) -> str:
    """Where a channel sells, to buyers: In the Apple app."""
    place = _(channel_of(code).place)
    return f"{place[:1].upper()}{place[1:]}"


class ShownCard(Protocol):
    @property
    def brand(self) -> str: ...

    @property
    def last_four(self) -> str: ...


def card_name(card: ShownCard) -> str:
    """A saved card as its holder knows it: Visa •••• 4242."""
    brand = _CARD_BRANDS.get(card.brand, card.brand.replace("_", " ").capitalize())
    return f"{brand} ••••\N{NO-BREAK SPACE}{card.last_four}"


def card_month(last_day: date) -> str:
    """Until when a card is good, as it stands on it: 12/2029."""
    return f"{last_day:%m/%Y}"


def obstacle(code: str) -> str:
    """Why an order cannot be taken back, to its buyer."""
    return _(_OBSTACLES[Obstacle(code)])


def obstacles() -> dict[str, str]:
    """All of it, for scripts."""
    return {code.value: _(words) for code, words in _OBSTACLES.items()}


def playing_time(ms: int) -> str:
    """A length of a video, or a place in it: 0:48, 1:02:03."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


FILTERS = {
    "channel_title": channel_title,
    "channel_place": channel_place,
    "voucher_number": voucher_number,
    "decline_reason": decline_reason,
    "card_name": card_name,
    "card_month": card_month,
    "obstacle": obstacle,
    "explain": explain,
    "scene": scene_of,
    "tax_name": tax_name,
    "reversal_title": reversal_title,
    "reversal_state": reversal_state,
    "per_coin": per_coin,
    "unit_price": format_unit_price,
    "check_code": written,
    "money_in": lambda minor, currency: format_money(Money(minor, currency)),
    "percent": percent,
    "region_name": territory_name,
    "in_sentence": region_name,
    "by_name": by_name,
    "money_of": money_of,
    "places": lambda money: exponent(money.currency),
    "span": span,
    "pair": lambda word: (word, word),
    "ago": ago,
    "playing_time": playing_time,
}
