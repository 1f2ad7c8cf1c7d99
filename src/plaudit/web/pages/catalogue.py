"""The catalogue for operators: what can be given, in the order of the tray, and one item as it is, was and will be."""

from typing import Annotated, Any

from litestar import Response, Router, get
from litestar.params import Parameter

from plaudit.connections import Connection
from plaudit.gifts.catalogue import actions
from plaudit.gifts.catalogue.entry import LARGE_ANIMATIONS, SMALL_ANIMATIONS
from plaudit.gifts.model import Item
from plaudit.injected import Clock, Database
from plaudit.languages.model import ENGLISH
from plaudit.limits import ART_BYTES_MAX, ITEM_ALT_LENGTH_MAX, ITEM_NAME_LENGTH_MAX
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.problems import NotFound
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.tray import item_data

ItemId = Annotated[int, Parameter(ge=1, lt=2**31)]
_NEW_SORT = 10


@get("/operator/catalogue", access=Access.CATALOGUE, include_in_schema=False)
async def list_items(caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """Items that are offered or to come, in the order of the tray; the ended below."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        shelf = await actions.read_shelf(connection)
    rows = [(shelf.current(item_id, now), next(iter(shelf.pending(item_id, now)), None)) for item_id in shelf.ids]
    there = [(current, pending) for current, pending in rows if pending or (current and current.is_offered(now))]
    ended = [current for current, pending in rows if current and not pending and not current.is_offered(now)]
    there.sort(key=lambda row: _place(row[0] or row[1]))
    return page(
        "catalogue.html",
        viewer,
        nav="operator",
        now=now,
        rows=there,
        ended=sorted(ended, key=_place),
        data={"order": [current.id for current, pending in there if current and not pending]},
    )


def _place(item: Item | None) -> tuple[int, int, int]:
    return (item.sort, item.coins, item.id) if item else (0, 0, 0)


@get("/operator/catalogue/new", access=Access.CATALOGUE, include_in_schema=False)
async def new_item(caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """An empty form."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        shelf = await actions.read_shelf(connection)
    last = max((item.sort for item_id in shelf.ids if (item := shelf.current(item_id, now))), default=0)
    empty = Item(
        id=max(shelf.ids, default=0) + 1, sku="", version=0, name="", coins=1, category="everyday", art="",
        size="small", combo=True, animation="bounce", duration_ms=2_600, sort=last + _NEW_SORT, active_from=now,
        retired_at=None,
    )  # fmt: skip
    return page("catalogue_item.html", viewer, nav="operator", now=now, **_form(empty, 0), versions=[], people={})


@get("/operator/catalogue/{item_id:int}", access=Access.CATALOGUE, include_in_schema=False)
async def one_item(item_id: ItemId, caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """The form of an item, with what is to come if anything is, and its versions."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        shelf = await actions.read_shelf(connection)
        versions = shelf.versions(item_id)
        if not versions:
            raise NotFound("There is no such item.")
        people = await _editors(connection, versions)
    form = _form(versions[-1], shelf.newest[item_id])
    return page("catalogue_item.html", viewer, nav="operator", now=now, **form, versions=versions[::-1], people=people)


def _form(item: Item, seen_version: int) -> dict[str, Any]:
    names = "\n".join(f"{tag}: {name}" for tag, name in sorted(item.names.items()))
    return {
        "item": item,
        "names": names,
        "name_length_max": ITEM_NAME_LENGTH_MAX,
        "alt_length_max": ITEM_ALT_LENGTH_MAX,
        "data": {
            "id": item.id,
            "seen_version": seen_version,
            "sort": item.sort,
            "art_bytes_max": ART_BYTES_MAX,
            "animations": {"small": SMALL_ANIMATIONS, "large": LARGE_ANIMATIONS},
            "item": item_data(item, ENGLISH.tag) if item.art else None,
        },
    }


async def _editors(connection: Connection, versions: list[Item]) -> dict[int, Person]:
    return await people_by_ids(connection, {one.changed_by for one in versions if one.changed_by})


router = Router("/", route_handlers=[list_items, new_item, one_item])
