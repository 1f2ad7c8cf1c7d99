"""What all rooms hold of people, by its kind, and the words for why and for what erasure does."""

from functools import cache

from plaudit.holdings import KINDS, Fate, Holding, Kind, Why, by_table
from plaudit.languages.speaking import later
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
