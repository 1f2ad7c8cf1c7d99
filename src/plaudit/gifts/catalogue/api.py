"""The catalogue over HTTP: for operators to change it, and its pictures for everybody."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.gifts.catalogue import actions
from plaudit.gifts.catalogue.actions import CatalogueRefused, SkuTaken, VersionGone
from plaudit.gifts.catalogue.art import MEDIA_TYPES, ArtNotUsable, read_art
from plaudit.gifts.catalogue.entry import LARGE_ANIMATIONS, SMALL_ANIMATIONS, Details, Entry, details_of
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.pictures import art_content, keep_art
from plaudit.gifts.model import Item, ItemUnknown
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import CATALOGUE_ITEMS_MAX
from plaudit.moments import Moment
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import BodyTooLarge, InvalidField, NotFound

TAGS = ["Operator"]
_FOR_EVER = "public, max-age=31536000, immutable"
_NOTHING_ACTS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

ItemId = Annotated[int, Parameter(ge=1, lt=2**31, description="The item.")]
SeenVersion = Annotated[
    int, Meta(ge=0, lt=2**31, description="`newest` as it was read; 0 for a new item. Another one is a conflict.")
]
State = Literal["offered", "hidden", "scheduled", "retired", "withdrawn"]


class VersionAnswer(Details, frozen=True, kw_only=True):
    """One version of an item, from when until when."""

    version: int
    begins: datetime
    ends: Annotated[datetime | None, Meta(description="When the item ends; null: when the next version begins.")]
    changed_by: Annotated[str | None, Meta(description="The operator; null: a file of the command line.")]
    changed_at: datetime | None


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An item: the version that holds, and the one to come."""

    id: int
    sku: str
    newest: Annotated[int, Meta(description="The number of its last version: what `seen_version` of a change is.")]
    state: State
    current: VersionAnswer | None
    next: Annotated[VersionAnswer | None, Meta(description="A version that has not begun yet.")]


class CatalogueItems(msgspec.Struct, frozen=True):
    """All items there ever were, in the order of the tray. `animations` are those an item of each size may have."""

    version: int
    items: list[ItemAnswer]
    animations: dict[str, list[str]]
    next: Annotated[str | None, Meta(description="Always null: there is one page.")] = None


class ItemVersions(msgspec.Struct, frozen=True):
    """All versions of an item, newest first."""

    items: list[VersionAnswer]
    next: Annotated[str | None, Meta(description="Always null: there is one page.")] = None


class PutItem(Details, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an item becomes: now, or at `begins`. `sku` is given once and kept for ever."""

    seen_version: SeenVersion
    sku: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=60)]
    begins: Moment | None = None
    ends: Moment | None = None


class RetireItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an item ends: now, or at `ends`."""

    seen_version: SeenVersion
    ends: Moment | None = None


class Arrangement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items in the order of the tray."""

    item_ids: Annotated[
        list[Annotated[int, Meta(ge=1, lt=2**31)]],
        Meta(min_length=1, max_length=CATALOGUE_ITEMS_MAX, extra_json_schema={"uniqueItems": True}),
    ]


class Changed(msgspec.Struct, frozen=True):
    """How many items changed; those that were so already did not."""

    changed: int


class ArtAnswer(msgspec.Struct, frozen=True):
    """A picture that was kept. Its address is what an item's `art` or `still` is."""

    address: str
    width: int
    height: int
    bytes: int
    moves: Annotated[bool, Meta(description="An item of art that moves needs a `still` beside it.")]
    duration_ms: Annotated[
        int | None, Meta(description="Once through it; null: it stands still, or is a drawing that does not say.")
    ]
    script_removed: Annotated[bool, Meta(description="Whether it had script: without, it may look or move otherwise.")]


@get("/v1/operator/catalogue", access=Access.CATALOGUE, operation_id="ListItems", tags=TAGS, summary="All items")
async def list_items(database: Database, clock: Clock) -> CatalogueItems:
    """With what is to come, what is hidden, and what was retired."""
    async with database.snapshot() as connection:
        shelf = await actions.read_shelf(connection)
        version = await actions.catalogue_version(connection)
    answers = [item_answer(shelf, item_id, clock.now()) for item_id in shelf.ids]
    animations = {"small": list(SMALL_ANIMATIONS), "large": list(LARGE_ANIMATIONS)}
    return CatalogueItems(version, sorted(answers, key=_place), animations)


def _place(item: ItemAnswer) -> tuple[bool, int, int, int]:
    shown = item.current or item.next
    return (item.state in {"retired", "withdrawn"}, shown.sort if shown else 0, shown.coins if shown else 0, item.id)


def item_answer(shelf: actions.Shelf, item_id: int, now: datetime) -> ItemAnswer:
    """An item as operators see it."""
    current, pending = shelf.current(item_id, now), shelf.pending(item_id, now)
    return ItemAnswer(
        id=item_id,
        sku=shelf.skus[item_id],
        newest=shelf.newest[item_id],
        state=_state(current, pending, now),
        current=_version_answer(current) if current else None,
        next=_version_answer(pending[0]) if pending else None,
    )


def _state(current: Item | None, pending: Sequence[Item], now: datetime) -> State:
    if current and current.is_offered(now):
        return "hidden" if current.hidden else "offered"
    if pending:
        return "scheduled"
    return "retired" if current else "withdrawn"


def _version_answer(version: Item) -> VersionAnswer:
    return VersionAnswer(
        version=version.version,
        begins=version.active_from,
        ends=version.retired_at,
        changed_by=str(version.changed_by) if version.changed_by else None,
        changed_at=version.changed_at,
        **details_of(version),
    )


@get(
    "/v1/operator/catalogue/{item_id:int}/versions",
    access=Access.CATALOGUE,
    operation_id="ListItemVersions",
    tags=TAGS,
    problems=(ItemUnknown,),
    summary="What an item was",
)
async def list_versions(item_id: ItemId, database: Database) -> ItemVersions:
    """Newest first. What was sent with a version shows that version for ever."""
    async with database.snapshot() as connection:
        versions = (await actions.read_versions(connection)).get(item_id)
    if versions is None:
        raise ItemUnknown(item_id=item_id)
    return ItemVersions([_version_answer(version) for version in reversed(versions)])


@put(
    "/v1/operator/catalogue/{item_id:int}",
    access=Access.CATALOGUE,
    operation_id="PutItem",
    tags=TAGS,
    problems=(CatalogueRefused, SkuTaken, VersionGone),
    summary="Add or change an item",
)
async def put_item(
    item_id: ItemId,
    data: JSONBody[PutItem],
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    catalogue: NamedDependency[Catalogue],
) -> ItemAnswer:
    """Its next version, from now or from `begins`; said twice it is done once. Who was shown the price before may pay
    it for half a minute."""
    entry = Entry(id=item_id, sku=data.sku, begins=data.begins, ends=data.ends, **_said(data))
    async with database.transaction() as connection:
        await actions.put(connection, entry, clock, settings, by=caller.person_id, seen_version=data.seen_version)
        answer = await _answer(connection, item_id, clock)
    await catalogue.refresh()
    return answer


def _said(data: Details) -> dict[str, Any]:
    return {field: getattr(data, field) for field in Details.__struct_fields__}


async def _answer(connection: Connection, item_id: int, clock: Clock) -> ItemAnswer:
    return item_answer(await actions.read_shelf(connection), item_id, clock.now())


@post(
    "/v1/operator/catalogue/{item_id:int}/retire",
    access=Access.CATALOGUE,
    operation_id="RetireItem",
    tags=TAGS,
    status_code=200,
    problems=(ItemUnknown, VersionGone),
    summary="End an item",
)
async def retire_item(
    item_id: ItemId, data: JSONBody[RetireItem], database: Database, clock: Clock, catalogue: NamedDependency[Catalogue]
) -> ItemAnswer:
    """What was to begin is withdrawn. To bring it back, put it again."""
    async with database.transaction() as connection:
        await actions.retire(connection, item_id, data.ends, clock, seen_version=data.seen_version)
        answer = await _answer(connection, item_id, clock)
    await catalogue.refresh()
    return answer


@put(
    "/v1/operator/catalogue/order",
    access=Access.CATALOGUE,
    operation_id="ArrangeItems",
    tags=TAGS,
    problems=(ItemUnknown,),
    summary="Order the tray",
)
async def arrange_items(
    data: JSONBody[Arrangement], caller: Caller, database: Database, clock: Clock, catalogue: NamedDependency[Catalogue]
) -> Changed:
    """The items named get these places; others keep theirs. One with a version to come cannot be moved before."""
    if len(set(data.item_ids)) < len(data.item_ids):
        raise InvalidField(field="body.item_ids", reason="must name each item once")
    async with database.transaction() as connection:
        moved = await actions.arrange(connection, data.item_ids, clock, by=caller.person_id)
    await catalogue.refresh()
    return Changed(moved)


@post(
    "/v1/operator/catalogue/starter",
    access=Access.CATALOGUE,
    operation_id="LoadStarterItems",
    tags=TAGS,
    status_code=200,
    problems=(SkuTaken,),
    summary="Add the items that come with Plaudit",
)
async def load_starter_items(
    caller: Caller, database: Database, clock: Clock, catalogue: NamedDependency[Catalogue]
) -> Changed:
    """Items of one's own stay as they are."""
    async with database.transaction() as connection:
        changed = await load_starter(connection, clock, by=caller.person_id)
    await catalogue.refresh()
    return Changed(changed)


@post(
    "/v1/operator/art",
    access=Access.CATALOGUE,
    operation_id="AddArt",
    tags=TAGS,
    problems=(ArtNotUsable, BodyTooLarge),
    summary="Upload a picture",
)
async def add_art(request: Request[Any, Any, Any], caller: Caller, database: Database, clock: Clock) -> ArtAnswer:
    """The body is the file: SVG, PNG, WebP or Lottie, told by what is in it. Script, links and metadata are taken out.
    The same file has the same address, however often it comes."""
    art = await asyncio.to_thread(read_art, await request.body())
    async with database.transaction() as connection:
        await keep_art(connection, art, clock, by=caller.person_id)
    return ArtAnswer(
        art.address, art.width, art.height, len(art.content), art.moves, art.duration_ms, art.script_removed
    )


@get("/art/{name:str}", access=Access.PUBLIC, operation_id="GetArt", tags=["Gifts"], summary="A picture of an item")
async def get_art(name: FromPath[str], database: Database) -> Response[bytes]:
    """An uploaded picture, for ever the same."""
    async with database.read() as connection:
        content = await art_content(connection, name)
    if content is None:
        raise NotFound("There is no such picture.")
    headers = {"Cache-Control": _FOR_EVER, "Content-Security-Policy": _NOTHING_ACTS}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[name.rpartition(".")[2]])


HANDLERS = (
    list_items, list_versions, put_item, retire_item, arrange_items, load_starter_items, add_art, get_art,
)  # fmt: skip
