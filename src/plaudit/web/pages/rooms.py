"""The first page with the rooms that are live, and the page of a room."""

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from plaudit.db import Connection
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.names import name_in
from plaudit.gifts.catalogue.pictures import look_of
from plaudit.gifts.model import Item
from plaudit.gifts.prices import Prices
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import COMBO_WINDOW_MS, GIFT_COUNT_MAX, PAGE_ROOMS_MAX, WALLET_LOTS_MAX
from plaudit.live import reading
from plaudit.people.access import Access
from plaudit.people.injected import CallerOrGuest
from plaudit.problems import NotFound
from plaudit.selling.orders.regions import usual_prices
from plaudit.selling.orders.takers import takers
from plaudit.selling.orders.ways import of_pages, preferred, ways
from plaudit.selling.prices.current import current_book
from plaudit.selling.prices.pricing import NoPrices
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.wallet.reading import open_lots
from plaudit.selling.wallet.worth import Valuation
from plaudit.videos.reading import published_videos
from plaudit.web.language import tag_for
from plaudit.web.loading import loadable
from plaudit.web.pages.frame import Viewer, page, viewer_of
from plaudit.web.templating import static


@get("/", access=Access.PUBLIC, include_in_schema=False)
async def home(
    caller: CallerOrGuest, database: Database, catalogue: NamedDependency[Catalogue], clock: Clock
) -> Response[str]:
    """Who is live now."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        rooms = await reading.live_rooms(connection, clock, PAGE_ROOMS_MAX)
        has_videos = bool(await published_videos(connection, clock, 1))
    return page("home.html", viewer, nav="rooms", rooms=rooms, has_videos=has_videos, item=catalogue.item)


@get("/rooms/{room_id:int}", access=Access.PUBLIC, include_in_schema=False)
async def room(
    room_id: FromPath[int],
    caller: CallerOrGuest,
    database: Database,
    catalogue: NamedDependency[Catalogue],
    payment_providers: NamedDependency[PaymentProviders],
    prices: NamedDependency[Prices],
    settings: Settings,
    clock: Clock,
) -> Response[str]:
    """A room: its stage, what is said and given there, and the tray to give from."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.find_room(connection, room_id)
        if found is None or found.removed_at is not None:
            raise NotFound("There is no such room.")
        worth = await _worth(connection, viewer, payment_providers, settings, clock)
    region, tag = await prices.region_of(viewer.person_id), tag_for(viewer.person)
    data = {
        "room_id": str(found.id),
        "state": found.state,
        "gifts_enabled": found.gifts_enabled,
        "stage_url": found.stage_url if loadable(found.stage_url) else None,
        "stage_kind": found.stage_kind,
        "stage_refused": found.stage_url is not None and not loadable(found.stage_url),
        "creator_name": found.creator_name,
        "own": viewer.person_id == found.creator_id,
        "viewer_id": str(viewer.person_id) if viewer.person_id else None,
        "coins": viewer.wallet_coins,
        "items": [item_data(item, tag) for item in catalogue.offered_to(region, found.creator_id)],
        "catalogue": f"/v1/catalogue?creator_id={found.creator_id}&lang={tag}",
        "lang": tag,
        **worth,
        "combo_window_ms": COMBO_WINDOW_MS,
        "count_max": GIFT_COUNT_MAX,
    }
    return page("room.html", viewer, nav="rooms", room=found, data=data)


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


async def _worth(
    connection: Connection, viewer: Viewer, providers: PaymentProviders, settings: Settings, clock: Clock
) -> dict[str, Any]:
    """What coins are worth to this viewer, as scripts take it: the lots that are spent next, the web price, and whom it
    is paid to."""
    try:
        book = await current_book(connection, clock)
        found = await usual_prices(connection, book, viewer.person_id, settings, clock)
    except NoPrices:
        return {"rate": None, "lots": [], "way": None}
    web = found[0]
    lots = []
    if viewer.person_id:
        lots = await open_lots(connection, viewer.person_id, viewer.wallet.spent, WALLET_LOTS_MAX)
    who = await takers(connection, providers, web, settings, clock)
    offered = of_pages(await ways(connection, viewer.person_id, providers, who, web))
    return Valuation(lots, web).for_scripts() | {"way": msgspec.to_builtins(preferred(offered))}


router = Router("/", route_handlers=[home, room])
