"""Whether a gift may be sent, as far as the books do not decide it."""

from datetime import datetime

from plaudit.gifts.model import Item, ItemNotHere, ItemRetired, PriceChanged
from plaudit.gifts.places import GiftPlace, Giver
from plaudit.ledger.model import GiftOrder
from plaudit.problems import Problem


def check(
    order: GiftOrder,
    item: Item,
    place: GiftPlace,
    giver: Giver,
    now: datetime,
    *,
    region: str | None,
    is_honoured: bool,
) -> Problem | None:
    """Why this gift must be refused, or None.

    `region` is the sender's, known when the item is kept for some; `is_honoured`: its price may be paid. The code goes
    to the books with the order: the repeat of a gift that was posted gets its first answer all the same.
    """
    if refusal := place.refusal(order, item, giver, now):
        return refusal
    if not item.is_offered(now):
        return ItemRetired()
    if not item.is_for(region, order.creator_id):
        return ItemNotHere()
    return None if is_honoured else PriceChanged(coins=item.coins * order.count)
