"""What all rooms hold of people, by its kind, and the words for why and for what erasure does."""

from collections.abc import Iterable, Mapping
from functools import cache

from plaudit.holdings import KINDS, Fate, Holding, Kind, Why, by_table
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, ngettext
from plaudit.retention import retentions
from plaudit.rooms import rooms

WHYS = {
    Why.SERVICE: later("Kept because what you asked for takes it."),
    Why.LAW: later("Kept because the law asks for it."),
    Why.SAFETY: later("Kept so that fraud is found."),
    Why.CONSENT: later("Kept because you agreed."),
}
FATES = {
    Fate.REMOVED: later("Goes when you have your data erased."),
    Fate.UNNAMED: later("Stays in the books when you have your data erased, under a number that leads to nobody."),
    Fate.KEPT: later("Stays when you have your data erased, until the law lets it go."),
}


@cache
def holdings() -> dict[str, Holding]:
    """What each table holds."""
    return by_table(holding for room in rooms() if room.held for holding in room.bring(room.held))


@cache
def holdings_by_kind() -> tuple[tuple[Kind, tuple[Holding, ...]], ...]:
    """Tables with something of people, in the order in which a person reads of them."""
    return tuple((kind, tuple(one for one in holdings().values() if one.kind is kind)) for kind in KINDS)


def term_of(kind: Kind, days: Mapping[str, int]) -> str:
    """How long a kind is kept, in the language spoken, by the days of each period."""
    if not kind.period:
        return _(kind.term)
    number = days[kind.period]
    return _(kind.term, days=ngettext("%(number)s day", "%(number)s days", number, number=number))


def reason_to_stay(holding: Holding) -> str:
    """Why a table is kept where no period is declared for it, for operators; empty: nobody says."""
    return holding.stays or (holding.kind.stays if holding.kind else "")


def without_period() -> Iterable[Holding]:
    """Tables of people for which no period is declared."""
    timed = {table for one in retentions().values() for table in one.tables.split()}
    return (one for one in holdings().values() if one.kind is not None and one.table not in timed)


def kept_without_period() -> list[tuple[str, list[str]]]:
    """Reasons for which tables are kept without a period, and the tables of each."""
    found: dict[str, list[str]] = {}
    for one in without_period():
        found.setdefault(reason_to_stay(one), []).append(one.table)
    return list(found.items())
