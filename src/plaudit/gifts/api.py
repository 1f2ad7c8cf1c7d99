"""The catalogue and the sending of gifts over HTTP."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post

from plaudit.clock import Clock
from plaudit.db import Connection, Database, statements
from plaudit.gifts.catalogue import api as catalogue_api
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.pictures import look_of, picture_address
from plaudit.gifts.model import (
    BatchedGift,
    BatchedOutcome,
    Gift,
    GiftBatchAnswer,
    GiftBatchRequest,
    GiftConflict,
    GiftRequest,
    InsufficientCoins,
    Item,
    SenderUnknown,
)
from plaudit.gifts.prices import Prices, worth
from plaudit.gifts.sending import GiftSender, Settled, WantedGift
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import require_people_by_subjects
from plaudit.people.model import Caller
from plaudit.problems import InvalidField, Problem
from plaudit.recharge.model import PriceView

SQL = statements(__file__)
TAGS = ["Gifts"]

CATALOGUE_FRESH_S = 60


class CatalogueItem(msgspec.Struct, frozen=True):
    """Something that can be given."""

    id: Annotated[int, msgspec.Meta(description="For ever the same.", examples=[1])]
    sku: Annotated[str, msgspec.Meta(description="For ever the same, for people.", examples=["rose"])]
    name: str
    coins: Annotated[int, msgspec.Meta(ge=1, description="The price of one.")]
    price: Annotated[Money | None, msgspec.Meta(description="What that is worth to the viewer, to the minor unit.")]
    category: str
    art: Annotated[str, msgspec.Meta(description="Address of its picture, which may be one that moves.")]
    still: Annotated[str, msgspec.Meta(description="Address of one that does not: for lists, and who wants no motion.")]
    motion: Annotated[
        str | None,
        msgspec.Meta(description="Address of what moves by itself: an animated picture, or a Lottie file (`.json`)."),
    ]
    size: Annotated[str, msgspec.Meta(description="`small`: in the feed; `large`: over the whole stage.")]
    combo: Annotated[bool, msgspec.Meta(description="Whether it is made for sending in quick succession.")]
    animation: str
    duration_ms: int


class CatalogueAnswer(msgspec.Struct, frozen=True):
    """All that can be given now, in the order to show it. `per_coin` is exact: numerator / denominator minor units."""

    version: int
    per_coin: PriceView | None
    items: list[CatalogueItem]
    next: Annotated[str | None, msgspec.Meta(description="Always null: there is one page.")]


@get(
    "/v1/catalogue",
    access=Access.PUBLIC,
    operation_id="GetCatalogue",
    tags=TAGS,
    summary="What can be given",
    also_answers=(304,),
)
async def get_catalogue(
    request: Request[Any, Any, Any], caller: Caller | None, catalogue: Catalogue, prices: Prices
) -> Response[CatalogueAnswer]:
    """With the price of each item in the caller's money, or in that of the default region for guests.

    Send the `ETag` back as `If-None-Match` and get 304 while nothing has changed.
    """
    view = await prices.view(caller.person_id if caller else None)
    answer = CatalogueAnswer(
        catalogue.version, view, [_catalogue_item(item, view) for item in catalogue.offered()], None
    )
    content: Any = msgspec.json.encode(answer)  # encoded here for its ETag
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={CATALOGUE_FRESH_S}", "Vary": "Cookie, Authorization"}
    no_body: Any = b""
    if etag in request.headers.get("if-none-match", ""):
        return Response(no_body, status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _catalogue_item(item: Item, view: PriceView | None) -> CatalogueItem:
    look = look_of(item)
    return CatalogueItem(
        item.id,
        item.sku,
        item.name,
        item.coins,
        worth(view, item.coins) if view else None,
        item.category,
        picture_address(look.art),
        picture_address(look.still),
        picture_address(look.motion) if look.motion else None,
        item.size,
        item.combo,
        item.animation,
        item.duration_ms,
    )


@post(
    "/v1/gifts",
    access=Access.VIEWER,
    operation_id="SendGift",
    tags=TAGS,
    summary="Send a gift",
    status_code=201,
    hot=True,
    also_answers=(200,),
    problems=(InsufficientCoins, GiftConflict),
)
async def send_gift(data: GiftRequest, caller: Caller, gift_sender: GiftSender) -> Response[Gift]:
    """Idempotent by `id`: 201 when it was charged now, 200 with the first answer when it was charged before.

    402 `insufficient_coins` says in `coins_short` what is missing, in `price` what that is worth, and in `purchase`
    what can be bought (ask for a quote with `missing_coins`). 409 says why it was refused: `room_not_live`,
    `gifts_paused`, `item_retired`, `own_room`, `receiver_not_in_room`, `price_changed`, `gift_conflict`.
    """
    gift, is_new = await gift_sender.send(_wanted(data, caller.person_id))
    return Response(gift, status_code=201 if is_new else 200)


def _wanted(request: GiftRequest, sender_id: int) -> WantedGift:
    return WantedGift(
        request.id,
        sender_id,
        int(request.room_id),
        request.item_id,
        request.count,
        request.coins,
        int(request.creator_id) if request.creator_id else None,
    )


@post(
    "/v1/gifts:batch",
    access=Access.SERVER,
    operation_id="SendGifts",
    tags=TAGS,
    summary="Send gifts of many people",
    status_code=200,
)
async def send_gifts(
    data: GiftBatchRequest, caller: Caller, gift_sender: GiftSender, database: Database, clock: Clock
) -> GiftBatchAnswer:
    """For servers. Each gift has an outcome of its own, in the order given; the whole is repeated safely.

    Each gift names its sender by `sender_id` or `sender_subject`, a person of the key's platform.
    """
    async with database.transaction() as connection:
        senders = await _senders(connection, caller, data.gifts, clock)
    known = [_wanted(gift, sender) for gift, sender in zip(data.gifts, senders, strict=True) if sender]
    sent = iter(await gift_sender.send_many(known))
    return GiftBatchAnswer(
        [
            _outcome(gift.id, next(sent) if sender else SenderUnknown())
            for gift, sender in zip(data.gifts, senders, strict=True)
        ]
    )


async def _senders(
    connection: Connection, caller: Caller, gifts: Sequence[BatchedGift], clock: Clock
) -> list[int | None]:
    """The person who sends each gift; None when the key's platform has no such person."""
    for place, gift in enumerate(gifts):
        if (gift.sender_id is None) == (gift.sender_subject is None):
            raise InvalidField(
                field=f"body.gifts[{place}].sender_id", reason="or sender_subject must be given, and not both"
            )
    subjects = [gift.sender_subject for gift in gifts if gift.sender_subject is not None]
    people = await require_people_by_subjects(connection, caller.issuer_id, subjects, clock) if subjects else {}
    ids = [int(gift.sender_id) for gift in gifts if gift.sender_id is not None]
    known = {row["id"] for row in await connection.fetch(SQL["people_known"], caller.issuer_id, ids)} if ids else set()
    found: list[int | None] = []
    for gift in gifts:
        if gift.sender_subject is not None:
            found.append(people[gift.sender_subject].id)
        else:
            sender = int(gift.sender_id or 0)
            found.append(sender if sender in known else None)
    return found


def _outcome(gift_id: UUID, settled: Settled | Problem) -> BatchedOutcome:
    if not isinstance(settled, Problem):
        gift, is_new = settled
        return BatchedOutcome(gift_id, "posted" if is_new else "repeated", gift=gift)
    if isinstance(settled, InsufficientCoins):
        return BatchedOutcome(gift_id, "insufficient", problem=settled.as_dict())
    if isinstance(settled, GiftConflict):
        return BatchedOutcome(gift_id, "conflict", problem=settled.as_dict())
    return BatchedOutcome(gift_id, "refused", problem=settled.as_dict())


@get("/v1/gifts/{gift_id:uuid}", access=Access.VIEWER, operation_id="GetGift", tags=TAGS, summary="One of my gifts")
async def get_gift(gift_id: UUID, caller: Caller, gift_sender: GiftSender) -> Gift:
    """As it was answered when it was sent."""
    return await gift_sender.find(caller.person_id, gift_id)


router = Router("/", route_handlers=[get_catalogue, send_gift, send_gifts, get_gift, *catalogue_api.HANDLERS])
