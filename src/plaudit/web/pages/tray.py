"""What a tray of gifts is given by its page: items, what they are worth to the viewer, and the viewer's coins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.di import NamedDependency, Provide

from plaudit.connections import Connection
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.names import name_in
from plaudit.gifts.catalogue.pictures import look_of
from plaudit.gifts.model import Item
from plaudit.gifts.prices import Prices
from plaudit.injected import Clock, Settings
from plaudit.limits import COMBO_WINDOW_MS, GIFT_COUNT_MAX, WALLET_LOTS_MAX
from plaudit.selling.cards.actions import one_tap_card
from plaudit.selling.orders.regions import preview, unseen_payers_at
from plaudit.selling.orders.takers import takers
from plaudit.selling.orders.taxing import said_last
from plaudit.selling.orders.ways import of_pages, preferred, ways
from plaudit.selling.prices.current import current_book, prices
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.prices.subdivisions import parts_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.wallet.reading import open_lots
from plaudit.selling.wallet.worth import Valuation
from plaudit.web.language import tag_for
from plaudit.web.pages.filters import card_name
from plaudit.web.pages.frame import Viewer, meter_for
from plaudit.web.templating import static


@dataclass(frozen=True, kw_only=True)
class Trays:
    """What trays of all pages are filled from."""

    catalogue: Catalogue
    prices: Prices
    providers: PaymentProviders
    settings: Settings
    clock: Clock

    async def offered(self, viewer: Viewer, creator_id: int) -> list[Item]:
        """What this viewer may give a creator."""
        return list(self.catalogue.offered_to(await self.prices.region_of(viewer.person_id), creator_id))

    async def worth(self, connection: Connection, viewer: Viewer) -> dict[str, Any]:
        """What coins are worth to this viewer, as scripts take it: the lots that are spent next, the web price, and how
        that is paid."""
        try:
            book = await current_book(connection, self.clock)
            at_home = (connection, viewer.person_id, None, None)
            decision = await preview(*at_home, self.settings, self.clock, book=book)
            found = await prices(connection, book, decision.region, self.settings)
        except NoPrices:
            return {"rate": None, "lots": [], "way": None, "asks_part": False, "meter": None, "card": None}
        web = found[0]
        lots = []
        if viewer.person_id:
            lots = await open_lots(connection, viewer.person_id, viewer.wallet.spent, WALLET_LOTS_MAX)
        who = await takers(connection, self.providers, web, self.settings, self.clock)
        payers = await unseen_payers_at(connection, decision, self.settings)
        offered = of_pages(await ways(connection, viewer.person_id, self.providers, who, web, payers))
        card = await one_tap_card(connection, viewer.person_id, who, self.clock) if viewer.person_id else None
        meter = await meter_for(connection, viewer)
        asks_part = await self._asks_part(connection, viewer.person_id, web.region) if viewer.person_id else False
        return Valuation(lots, web).for_scripts() | {
            "way": msgspec.to_builtins(preferred(offered)),
            "asks_part": asks_part,
            "meter": msgspec.to_builtins(meter),
            "card": {"provider": card.provider, "card_id": str(card.card_id), "name": card_name(card)}
            if card and not asks_part
            else None,
        }

    async def _asks_part(self, connection: Connection, person_id: int, country: str) -> bool:
        """Whether a buyer has to say first in which state or province they are, since the tax depends on it."""
        parts = await parts_of(connection, country, self.clock.now(), self.settings)
        return bool(parts) and await said_last(connection, person_id, country, self.settings) not in parts

    def data(self, viewer: Viewer, items: Sequence[Item], worth: dict[str, Any]) -> dict[str, Any]:
        """What pages/giving.js asks for, beside `place`, which tells this tray from others, and the address
        `catalogue`."""
        tag = tag_for(viewer.person)
        return {
            "viewer_id": str(viewer.person_id) if viewer.person_id else None,
            "coins": viewer.wallet_coins,
            "items": [item_data(item, tag) for item in items],
            "lang": tag,
            **worth,
            "combo_window_ms": COMBO_WINDOW_MS,
            "count_max": GIFT_COUNT_MAX,
        }


def item_data(item: Item, tag: str) -> dict[str, Any]:
    """An item as the components take it, named in a language."""
    kept = ("id", "sku", "version", "coins", "category", "size", "combo", "animation", "duration_ms", "alt")
    look = look_of(item)
    motion = static(look.motion) if look.motion else None
    pictures = {"art": static(look.art), "still": static(look.still), "motion": motion}
    return {field: getattr(item, field) for field in kept} | {
        "name": name_in(item, [tag]),
        "begins": item.active_from.isoformat(),
        **pictures,
    }


async def trays_of(
    catalogue: NamedDependency[Catalogue],
    prices: NamedDependency[Prices],
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> Trays:
    """Of this server."""
    return Trays(catalogue=catalogue, prices=prices, providers=payment_providers, settings=settings, clock=clock)


TRAYS = {"trays": Provide(trays_of)}
