"""The first page with the rooms that are live, and the page of a room."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROOMS_MAX
from plaudit.live import reading
from plaudit.people.access import Access
from plaudit.people.injected import CallerOrGuest
from plaudit.problems import NotFound
from plaudit.rules.memory import Rules
from plaudit.web.loading import loadable
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.tray import TRAYS, Trays


@get("/", access=Access.PUBLIC, include_in_schema=False)
async def home(
    caller: CallerOrGuest,
    database: Database,
    catalogue: NamedDependency[Catalogue],
    clock: Clock,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """Who is live now, page by page."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        place = reading.LIVE_ROOMS.after_or_start(after)
        rooms = await reading.live_rooms(connection, clock, place, PAGE_ROOMS_MAX + 1)
    return page(
        "home.html",
        viewer,
        nav="rooms",
        rooms=rooms[:PAGE_ROOMS_MAX],
        next=reading.LIVE_ROOMS.next(rooms, PAGE_ROOMS_MAX, reading.live_place),
        item=catalogue.item,
    )


@get("/rooms/{room_id:int}", access=Access.PUBLIC, include_in_schema=False, dependencies=TRAYS)
async def room(
    room_id: FromPath[int],
    caller: CallerOrGuest,
    database: Database,
    trays: NamedDependency[Trays],
    rules: NamedDependency[Rules],
) -> Response[str]:
    """A room: its stage, what is said and given there, and the tray to give from."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.find_room(connection, room_id)
        if found is None or found.removed_at is not None:
            raise NotFound("There is no such room.")
        worth = await trays.worth(connection, viewer)
    closed = bool(await rules.closed({found.creator_id}))
    tray = trays.data(viewer, await trays.offered(viewer, found.creator_id), worth)
    data = tray | {
        "place": f"room-{found.id}",
        "room_id": str(found.id),
        "state": found.state,
        "gifts_enabled": found.gifts_enabled,
        "gifts_closed": closed,
        "ranked": not await rules.unranked({found.creator_id, viewer.person_id or found.creator_id}),
        "stage_url": found.stage_url if loadable(found.stage_url) else None,
        "stage_kind": found.stage_kind,
        "stage_refused": found.stage_url is not None and not loadable(found.stage_url),
        "creator_name": found.creator_name,
        "own": viewer.person_id == found.creator_id,
        "catalogue": f"/v1/catalogue?creator_id={found.creator_id}&lang={tray['lang']}",
    }
    return page("room.html", viewer, nav="rooms", room=found, data=data)


router = Router("/", route_handlers=[home, room])
