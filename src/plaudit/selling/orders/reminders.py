"""Vouchers nobody has paid yet: what buyers are reminded of, on pages and by whoever else tells them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from plaudit.selling.orders.model import Order, OrderState

_NEVER = datetime.max.replace(tzinfo=UTC)


def unpaid_vouchers(orders: Iterable[Order], now: datetime) -> list[Order]:
    """Those orders of which something has still to be paid elsewhere, and still can be; the most urgent first. Each has
    a `voucher` with its numbers, what is missing, and until when it is good (None: nobody says)."""
    found = [(one.voucher.pay_by or _NEVER, one) for one in orders if one.state is OrderState.PENDING and one.voucher]
    open_ones = [(end, one) for end, one in found if end > now and one.voucher and one.voucher.missing_minor]
    return [one for _, one in sorted(open_ones, key=lambda pair: (pair[0], pair[1].order_id))]
