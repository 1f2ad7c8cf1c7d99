"""What was given back of a purchase in Google Play, said the same way however it is heard of."""

from collections.abc import Sequence
from datetime import UTC, datetime

from plaudit.money import Money, round_half_up
from plaudit.selling.providers.google.api import PlayOrder, Purchase, VoidedPurchase
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState

_WHOLE_PPM = 1_000_000
_DEVELOPER = 1
_REASONS = (
    "other", "remorse", "not_received", "defective", "accidental_purchase", "fraud", "friendly_fraud", "chargeback",
    "unacknowledged_purchase",
)  # fmt: skip
_SOURCES = ("user", "developer", "google")
_REFUNDED_STATES = frozenset({"REFUNDED", "CANCELED"})


def refund_id(order_id: str) -> str:
    """Of what we gave back: an order has one such refund at most, of all that was left. Voids have the order's id."""
    return f"{order_id}/refund"


def units_voided(purchase: Purchase, order: PlayOrder | None = None, listed: Sequence[VoidedPurchase] = ()) -> int:
    """How many units of a purchase were given back, by whoever knows of most: Google's views of it lag behind."""
    offer = purchase.items[0].offer
    is_whole = (
        (purchase.state.purchase_state == "CANCELLED" and purchase.completed_at is not None)
        or (order is not None and (order.history.refund_event is not None or order.state in _REFUNDED_STATES))
        or any(one.voided_quantity is None for one in listed)
    )
    return offer.quantity if is_whole else min(max(offer.voided, _units(listed)), offer.quantity)


def amount_left(order: PlayOrder) -> Money | None:
    """What an order cost, less what was given back of single units, to the nearest minor unit; None when it does not
    say, or says it in several currencies."""
    if order.total is None:
        return None
    events = order.history.partial_refund_events
    gone = [event.refund_details.total for event in events if event.refund_details and event.refund_details.total]
    if any(part.currency_code != order.total.currency_code for part in gone):
        return None
    exact = order.total.exact_minor() - sum(part.exact_minor() for part in gone)
    return Money(round_half_up(exact), order.total.currency_code)


def reversals(
    token: str, purchase: Purchase, order: PlayOrder, listed: Sequence[VoidedPurchase], at: datetime
) -> list[ReversalNews]:
    """All that was given back of a purchase until now, voids in one piece of news: shares of a store are of all voids.

    `listed` are its entries in the list of voided purchases, which alone says by whom and why. `at`: when it was heard
    of, unless Google says when it was.
    """
    by_us = next((one for one in listed if one.voided_source == _DEVELOPER and one.voided_quantity is None), None)
    voided = [one for one in listed if one is not by_us]
    found = []
    if by_us:
        found.append(
            ReversalNews(
                id=refund_id(purchase.order_id),
                kind=ReversalKind.REFUND,
                payment_id=token,
                state=ReversalState.DONE,
                amount=amount_left(order),
                reason=_words(by_us),
                at=_moment(by_us),
            )
        )
    quantity = purchase.items[0].offer.quantity
    units = min(_units(voided), quantity) if by_us else units_voided(purchase, order, listed)
    if units:
        found.append(_void(token, purchase, order, voided, _WHOLE_PPM * units // quantity, at))
    return found


def _void(
    token: str, purchase: Purchase, order: PlayOrder, voided: Sequence[VoidedPurchase], share_ppm: int, at: datetime
) -> ReversalNews:
    latest = max(voided, key=_moment, default=None)
    event = order.history.refund_event
    is_chargeback = any(_word(_REASONS, one.voided_reason) == "chargeback" for one in voided)
    is_chargeback = is_chargeback or (event is not None and event.refund_reason == "CHARGEBACK")
    return ReversalNews(
        id=purchase.order_id,
        kind=ReversalKind.CHARGEBACK if is_chargeback else ReversalKind.VOID,
        payment_id=token,
        state=ReversalState.DONE,
        share_ppm=share_ppm,
        reason=_words(latest) if latest else "",
        at=_moment(latest) if latest else (event.event_time if event else None) or at,
    )


def _units(listed: Sequence[VoidedPurchase]) -> int:
    return sum(one.voided_quantity or 0 for one in listed)


def _moment(listed: VoidedPurchase) -> datetime:
    return datetime.fromtimestamp(listed.voided_time_millis // 1000, UTC)


def _words(listed: VoidedPurchase) -> str:
    return f"{_word(_REASONS, listed.voided_reason)} by {_word(_SOURCES, listed.voided_source)}"


def _word(words: tuple[str, ...], number: int) -> str:
    return words[number] if 0 <= number < len(words) else str(number)
