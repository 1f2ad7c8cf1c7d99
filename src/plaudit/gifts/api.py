"""The sending of gifts over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from plaudit.connections import Connection
from plaudit.gifts.attempts import Attempt, WantedGift
from plaudit.gifts.batches import NOT_SENT, BatchedGift, BatchedOutcome, GiftBatchAnswer, GiftBatchRequest
from plaudit.gifts.catalogue import api as catalogue_api
from plaudit.gifts.catalogue import offer_api
from plaudit.gifts.model import REFUSED, Gift, GiftConflict, GiftRequest, InsufficientCoins, SenderUnknown
from plaudit.gifts.places import brought_refusals
from plaudit.gifts.sending import GiftSender, Settled
from plaudit.injected import Clock, Database
from plaudit.ledger.model import GiftOutcome, OutcomeUnknown
from plaudit.limits import GIFT_MESSAGE_LENGTH_MAX
from plaudit.people.access import Access
from plaudit.people.actions import require_people_by_subjects
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import InvalidField, Problem
from plaudit.statements import statements
from plaudit.texts import plain

SQL = statements(__file__)
TAGS = ["Gifts"]


class _GiftUnderWay:
    """A gift that was begun: `ending` is done when the books have answered."""

    __slots__ = ("_attempt", "_sender", "ending")

    def __init__(self, sender: GiftSender, attempt: Attempt, charging: "asyncio.Future[list[GiftOutcome]]") -> None:
        self._sender = sender
        self._attempt = attempt
        self.ending = charging

    def ended_well(self) -> tuple[Gift, int] | None:
        settled = self._sender.posted(self._attempt, self.ending.result()[0])
        return _answered(settled) if settled else None

    async def explained(self) -> tuple[Gift, int]:
        return _answered(await self._sender.finish(self._attempt, self.ending.result()[0]))


def begin_gift(
    data: GiftRequest, caller: Caller, network_address: str | None, parts: Mapping[str, Any]
) -> _GiftUnderWay | None:
    """The first half of `send_gift`; None: something has to be looked up first."""
    sender: GiftSender = parts["gift_sender"]
    begun = sender.begin(_asked(data, caller, network_address))
    return _GiftUnderWay(sender, *begun) if begun else None


@post(
    "/v1/gifts",
    access=Access.VIEWER,
    scope=Scope.GIFTS,
    operation_id="SendGift",
    tags=TAGS,
    summary="Send a gift",
    status_code=201,
    hot=True,
    begins=begin_gift,
    also_answers=(200,),
    problems=(*REFUSED, *brought_refusals(), OutcomeUnknown),
)
async def send_gift(
    data: JSONBody[GiftRequest],
    caller: Caller,
    gift_sender: NamedDependency[GiftSender],
    network_address: NamedDependency[str | None],
) -> Response[Gift]:
    """To a room that is live, or to a video at a place in it. Idempotent by `id`: 201 when it was charged now, 200 with
    the first answer when it was charged before, whatever has changed since.

    402 `insufficient_coins` says in `coins_short` what is missing, in `price` what that is worth, and in `purchase`
    what can be bought (ask for a quote with `missing_coins`). 409 says why it was refused: `room_not_live`,
    `gifts_paused`, `item_retired`, `own_room`, `receiver_not_in_room`, `price_changed`, `gift_conflict`; on a video
    what its catalogue says as `reason`, or what is wrong with place, item, receiver or words.
    """
    gift, status = _answered(await gift_sender.send(_asked(data, caller, network_address)))
    return Response(gift, status_code=status)


def _asked(data: GiftRequest, caller: Caller, network_address: str | None) -> WantedGift:
    _require_place(data, "body")
    return _wanted(data, caller.person_id, caller.issuer_id, network_address, _words(data, "body"))


def _answered(settled: Settled) -> tuple[Gift, int]:
    gift, is_new = settled
    return gift, 201 if is_new else 200


def _wanted(
    request: GiftRequest, sender_id: int, issuer_id: int, network_address: str | None, words: str | None
) -> WantedGift:
    return WantedGift(
        request.id,
        sender_id,
        _number(request.room_id),
        request.item_id,
        request.count,
        request.coins,
        _number(request.creator_id),
        _number(request.video_id),
        request.position_ms,
        words,
        request.video_token,
        issuer_id,
        network_address,
        request.confirmed_minor,
    )


def _words(request: GiftRequest, field: str) -> str | None:
    """What goes with the gift, as it is kept.

    Raises:
        InvalidField: they cannot be read.
    """
    return None if request.message is None else plain(request.message, f"{field}.message", GIFT_MESSAGE_LENGTH_MAX)


def _require_place(request: GiftRequest, field: str) -> None:
    """Raises:
    InvalidField: it goes nowhere, or to two places; or it says of a room what is for videos.
    """
    if (request.room_id is not None) + (request.video_id is not None) + (request.video_token is not None) != 1:
        reason = "or video_id or video_token must be given, and one of them only"
        raise InvalidField(field=f"{field}.room_id", reason=reason)
    if request.room_id is not None:
        for name in ("position_ms", "message"):
            if getattr(request, name) is not None:
                raise InvalidField(field=f"{field}.{name}", reason="is for gifts on videos")


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


@post(
    "/v1/gifts:batch",
    access=Access.SERVER,
    scope=Scope.GIFTS,
    operation_id="SendGifts",
    leaves_no_act=True,  # gifts are in the books, each with who sent it
    tags=TAGS,
    summary="Send gifts of many people",
    status_code=200,
    problems=(OutcomeUnknown,),
    problems_inside=NOT_SENT,
)
async def send_gifts(
    data: JSONBody[GiftBatchRequest],
    caller: Caller,
    gift_sender: NamedDependency[GiftSender],
    database: Database,
    clock: Clock,
) -> GiftBatchAnswer:
    """For servers. Each gift has an outcome of its own, in the order given; the whole is repeated safely.

    Each gift names its sender by `sender_id` or `sender_subject`, a person of the key's platform.
    """
    for place, gift in enumerate(data.gifts):
        _require_place(gift, f"body.gifts[{place}]")
    async with database.transaction() as connection:
        senders = await _senders(connection, caller, data.gifts, clock)
    wanted = [
        _wanted_of(gift, sender, caller, f"body.gifts[{place}]")
        for place, (gift, sender) in enumerate(zip(data.gifts, senders, strict=True))
    ]
    sent = iter(await gift_sender.send_many([one for one in wanted if isinstance(one, WantedGift)]))
    settled = [one if isinstance(one, Problem) else next(sent) for one in wanted]
    return GiftBatchAnswer([_outcome(gift.id, one) for gift, one in zip(data.gifts, settled, strict=True)])


def _wanted_of(gift: BatchedGift, sender: int | None, caller: Caller, field: str) -> WantedGift | Problem:
    """A gift of a batch, or why it alone cannot be sent."""
    if sender is None:
        return SenderUnknown()
    try:
        return _wanted(gift, sender, caller.issuer_id, None, _words(gift, field))
    except Problem as problem:
        return problem


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


@get(
    "/v1/gifts/{gift_id:uuid}",
    access=Access.VIEWER,
    scope=Scope.GIFTS,
    operation_id="GetGift",
    tags=TAGS,
    summary="One of my gifts",
)
async def get_gift(gift_id: FromPath[UUID], caller: Caller, gift_sender: NamedDependency[GiftSender]) -> Gift:
    """As it was answered when it was sent."""
    return await gift_sender.find(caller.person_id, gift_id)


router = Router("/", route_handlers=[send_gift, send_gifts, get_gift, *offer_api.HANDLERS, *catalogue_api.HANDLERS])
