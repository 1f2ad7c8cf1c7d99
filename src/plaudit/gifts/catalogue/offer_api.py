"""What can be given, as everybody reads it over HTTP: here, to this creator, in the reader's language and money."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.names import name_in
from plaudit.gifts.catalogue.pictures import look_of, picture_address
from plaudit.gifts.model import DECIMAL_ID, Item, ItemUnknown
from plaudit.gifts.prices import Prices
from plaudit.injected import Clock, Database
from plaudit.languages.choosing import by_preference
from plaudit.limits import CATALOGUE_FRESH_S, GIFT_COINS_MAX, ITEM_SHOWN_FRESH_S
from plaudit.moments import Moment, require_moment
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import CallerOrGuest
from plaudit.rules.memory import Rules
from plaudit.selling.wallet.model import PriceView

TAGS = ["Gifts"]

Wish = Annotated[
    str | None,
    Parameter(
        pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)",
        max_length=35,
        description="The language of names, a BCP 47 tag; without it, what is known of the caller, or Accept-Language.",
    ),
]
ForCreator = Annotated[
    str | None,
    Parameter(pattern=DECIMAL_ID, description="What this creator can be given; without it, what every creator can."),
]


class ShownItem(msgspec.Struct, frozen=True, kw_only=True):
    """One version of something that can be given, as screens show it. `coins` is the price of one."""

    id: Annotated[int, Meta(description="For ever the same.", examples=[1])]
    sku: Annotated[str, Meta(description="For ever the same, for people.", examples=["rose"])]
    version: int
    begins: Annotated[datetime, Meta(description="When it did; what was sent before was of another version.")]
    name: Annotated[str, Meta(description="In the reader's language, where the operator gave it one.")]
    coins: Annotated[int, Meta(ge=1, description="The price of one.")]
    category: str
    art: Annotated[str, Meta(description="Address of its picture, which may be one that moves.")]
    still: Annotated[str, Meta(description="Address of one that does not: for lists, and who wants no motion.")]
    motion: Annotated[
        str | None,
        Meta(description="Address of what moves by itself: an animated picture, or a Lottie file (`.json`)."),
    ]
    alt: Annotated[str, Meta(description="What the picture shows; empty: the name says it.")]
    size: Annotated[str, Meta(description="`small`: in the feed; `large`: over the whole stage.")]
    combo: Annotated[bool, Meta(description="Whether it is made for sending in quick succession.")]
    animation: str
    duration_ms: int


class PastItem(ShownItem, frozen=True, kw_only=True):
    """An item as it was, or still is."""

    until: Annotated[datetime | None, Meta(description="When its next version began; null: none has.")]


class OfferedItem(ShownItem, frozen=True, kw_only=True):
    """Something that can be given now."""

    price: Annotated[
        Money | None, Meta(description="What that is worth to the viewer, rounded up to what can be paid.")
    ]


class CatalogueAnswer(msgspec.Struct, frozen=True):
    """All that can be given now, in the order to show it. `per_coin` is exact: numerator / denominator minor units."""

    version: int
    per_coin: PriceView | None
    items: list[OfferedItem]
    gifts_closed: Annotated[bool, Meta(description="Whether no gift can be received by the creator just now.")]
    next: Annotated[str | None, Meta(description="Always null: there is one page.")]


@get(
    "/v1/catalogue",
    access=Access.PUBLIC,
    operation_id="GetCatalogue",
    tags=TAGS,
    summary="What can be given",
    also_answers=(304,),
)
async def get_catalogue(
    request: Request[Any, Any, Any],
    caller: CallerOrGuest,
    catalogue: NamedDependency[Catalogue],
    prices: NamedDependency[Prices],
    database: Database,
    rules: NamedDependency[Rules],
    creator_id: ForCreator = None,
    lang: Wish = None,
) -> Response[CatalogueAnswer]:
    """What is kept for other regions than the caller's, or for other creators, is left out, and all of it where no gift
    can reach the creator just now. Prices are in the caller's money, or in that of the default region for guests.

    Send the `ETag` back as `If-None-Match` and get 304 while nothing has changed.
    """
    person_id = (caller.person_id or None) if caller else None
    region = await prices.region_of(person_id)
    is_closed = bool(creator_id and await rules.closed({int(creator_id)}))
    offered = [] if is_closed else catalogue.offered_to(region, int(creator_id) if creator_id else None)
    per_coin, items = await offered_items(request, offered, person_id, prices, database, lang)
    answer = CatalogueAnswer(catalogue.version, per_coin, items, is_closed, None)
    content: Any = msgspec.json.encode(answer)  # here, for its ETag
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"private, max-age={CATALOGUE_FRESH_S}",
        "Vary": "Cookie, Authorization, Accept-Language",
    }
    no_body: Any = b""
    if etag in request.headers.get("if-none-match", ""):
        return Response(no_body, status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


async def offered_items(
    request: Request[Any, Any, Any],
    offered: Sequence[Item],
    person_id: int | None,
    prices: Prices,
    database: Database,
    lang: str | None,
) -> tuple[PriceView | None, list[OfferedItem]]:
    """What a coin is worth to somebody, and items in their language and money. `lang`: a wish before what is known."""
    value = await prices.valuation(person_id)
    wishes = _wishes(request, lang, await _known_language(database, person_id))
    items = [
        OfferedItem(price=value.of(item.coins).money if value else None, **_shown(item, wishes)) for item in offered
    ]
    return value.per_coin if value else None, items


async def _known_language(database: Database, person_id: int | None) -> str | None:
    """What somebody's platform says they read."""
    if person_id is None:
        return None
    async with database.read() as connection:
        person = (await people_by_ids(connection, [person_id])).get(person_id)
    return person.language if person else None


def _wishes(request: Request[Any, Any, Any], *wishes: str | None) -> list[str]:
    """Languages, the dearest first."""
    return [wish for wish in (*wishes, *by_preference(request.headers.get("accept-language", ""))) if wish]


def _shown(item: Item, wishes: list[str]) -> dict[str, Any]:
    look = look_of(item)
    kept = ("id", "sku", "version", "coins", "category", "alt", "size", "combo", "animation", "duration_ms")
    return {field: getattr(item, field) for field in kept} | {
        "begins": item.active_from,
        "name": name_in(item, wishes),
        "art": picture_address(look.art),
        "still": picture_address(look.still),
        "motion": picture_address(look.motion) if look.motion else None,
    }


@get(
    "/v1/catalogue/{item_id:int}",
    access=Access.PUBLIC,
    operation_id="GetItemShown",
    tags=TAGS,
    problems=(ItemUnknown,),
    summary="What a gift showed when it was sent",
)
async def get_item_shown(
    request: Request[Any, Any, Any],
    item_id: Annotated[int, Parameter(ge=1, lt=2**31, description="The item of the gift.")],
    unit_coins: Annotated[int, Parameter(ge=1, le=GIFT_COINS_MAX, description="What one of it cost.")],
    at: Annotated[Moment, Meta(description="When it was sent, as its frame says.")],
    catalogue: NamedDependency[Catalogue],
    clock: Clock,
    lang: Wish = None,
) -> Response[PastItem]:
    """The version of the item that held then, retired or hidden since or not. It stays the same for ever."""
    require_moment(at, "query.at")
    now = clock.now()
    moment = at + timedelta(milliseconds=1) if at < now else now  # a frame says no part of a millisecond
    item = catalogue.shown(item_id, unit_coins, min(moment, now))
    if item is None:
        raise ItemUnknown(item_id=item_id)
    headers = {"Cache-Control": f"public, max-age={ITEM_SHOWN_FRESH_S}", "Vary": "Accept-Language"}
    return Response(PastItem(until=catalogue.until(item), **_shown(item, _wishes(request, lang))), headers=headers)


HANDLERS = (get_catalogue, get_item_shown)
