"""Guardians: who answers for whoever reads it, and for whom they answer."""

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from plaudit.brakes.guarding import GUARDED
from plaudit.brakes.model import CoinPrices, Kind
from plaudit.guardians.answers import GuardianLimitAnswer, MinorAnswer, read_guardians
from plaudit.injected import Clock, Database
from plaudit.languages.speaking import speaking
from plaudit.money import exponent
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.web.language import voice_for
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.limits import TITLES


class MinorCard(msgspec.Struct, frozen=True):
    """A minor, as their guardian sees them."""

    minor: MinorAnswer
    rows: list[tuple[str, str, GuardianLimitAnswer | None]]
    """Kind and title of each limit in money, with what the reader set."""
    night: GuardianLimitAnswer | None
    places: int
    """Decimals of the currency."""


@get("/guardians", access=Access.VIEWER, include_in_schema=False)
async def guardians(
    caller: Caller, database: Database, prices: NamedDependency[CoinPrices], clock: Clock
) -> Response[str]:
    """Both sides on one page: hardly anybody has both."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        with speaking(voice_for(viewer.person, translated=True)):
            found = await read_guardians(connection, caller.person_id, prices, clock)
    cards = [_card(one) for one in found.minors]
    titles = {one.value: TITLES[one] for one in GUARDED if one is not Kind.NIGHT}
    data: dict[str, Any] = {
        str(card.minor.id): {"currency": card.minor.currency, "places": card.places} for card in cards
    }
    return page("guardians.html", viewer, nav="wallet", found=found, cards=cards, titles=titles, data=data)


def _card(minor: MinorAnswer) -> MinorCard:
    said = {one.kind: one for one in minor.limits}
    rows = [(kind.value, TITLES[kind], said.get(kind)) for kind in GUARDED if kind is not Kind.NIGHT]
    return MinorCard(minor, rows, said.get(Kind.NIGHT), exponent(minor.currency) if minor.currency else 0)


router = Router("/", route_handlers=[guardians])
