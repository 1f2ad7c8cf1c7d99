"""Whether a gift may be sent, as far as the books do not decide it."""

from datetime import datetime

from plaudit.gifts.model import (
    GiftRoom,
    GiftsPaused,
    Item,
    ItemNotHere,
    ItemRetired,
    OwnRoom,
    PriceChanged,
    ReceiverNotInRoom,
    RoomNotLive,
)
from plaudit.ledger.model import GiftOrder
from plaudit.problems import Problem


def check(
    order: GiftOrder, item: Item, room: GiftRoom, now: datetime, *, region: str | None, is_honoured: bool
) -> str | None:
    """The code of the reason why this gift must be refused (one of REFUSALS), or None.

    `region` is the sender's, known when the item is kept for some; `is_honoured`: its price may be paid. The code goes
    to the books with the order: the repeat of a gift that was posted gets its first answer all the same.
    """
    refusal: type[Problem] | None = None
    if room.state != "live":
        refusal = RoomNotLive
    elif order.creator_id != room.creator_id:
        refusal = ReceiverNotInRoom
    elif order.viewer_id == order.creator_id:
        refusal = OwnRoom
    elif not room.gifts_enabled:
        refusal = GiftsPaused
    elif not item.is_offered(now):
        refusal = ItemRetired
    elif not item.is_for(region, order.creator_id):
        refusal = ItemNotHere
    elif not is_honoured:
        refusal = PriceChanged
    return refusal.code if refusal else None
