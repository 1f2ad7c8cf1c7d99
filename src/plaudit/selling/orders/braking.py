"""Whether the buyer's own brake lets a purchase through. Day, week and month count purchases apart from gifts."""

from datetime import datetime

from plaudit.brakes.model import MILLIONTHS, Brake, OwnLimitReached
from plaudit.brakes.reading import brake_of, lock_brake
from plaudit.connections import Connection
from plaudit.money import Money
from plaudit.selling.orders.model import Quote
from plaudit.statements import statements

SQL = statements(__file__)


async def require_room(connection: Connection, quote: Quote, now: datetime, *, orders: bool) -> None:
    """Go on only when the brake of a quote's person holds nothing of it. `orders`: what is ordered meanwhile waits.

    Raises:
        OwnLimitReached: it does: a guardian, a pause, the night, or a limit that the price passes with what was bought
            in its time.
    """
    brake = await (lock_brake if orders else brake_of)(connection, quote.person_id, now)
    if brake is None:
        return
    if brake.is_stopped:
        raise OwnLimitReached(brake="guardian", room=Money(0, brake.currency), ends_at=None)
    if brake.stopped_until is not None and brake.stopped_until > now:
        raise OwnLimitReached(brake="pause", room=Money(0, brake.currency), ends_at=brake.stopped_until)
    if brake.is_night(now):
        raise OwnLimitReached(brake="night", room=Money(0, brake.currency), ends_at=brake.night_until)
    price = quote.coins * brake.coin_worth
    if quote.currency == brake.currency:
        price = quote.price_minor * MILLIONTHS
    for name, most, _, since, until in brake.periods:
        room = most - await _bought(connection, brake, since)
        if price > room:
            raise OwnLimitReached(brake=name, room=Money(max(room, 0) // MILLIONTHS, brake.currency), ends_at=until)


async def _bought(connection: Connection, brake: Brake, since: datetime) -> int:
    """What was ordered since a moment and may still be paid, or was: without what went back."""
    bought: int = await connection.fetchval(
        SQL["bought_since"], brake.accounts, since, brake.currency, brake.coin_worth
    )
    return bought
