"""Whether caps on the money of one person, with all accounts, let a purchase through; those it passed after all."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from plaudit.connections import Connection
from plaudit.languages.formats import format_plain_amount
from plaudit.languages.speaking import speaking
from plaudit.money import Money
from plaudit.rules import asking
from plaudit.rules.caps import CapReached, HeldCap, caps_in, explain_cap
from plaudit.rules.model import BUY
from plaudit.rules.published import current_book
from plaudit.rules.sentences import voice_of
from plaudit.rules.tally import TALLY
from plaudit.selling.orders.model import Order, PaymentProblemKind, Quote
from plaudit.selling.orders.problems import note_problem
from plaudit.selling.providers.news import Payment
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class PassedCap(msgspec.Struct, frozen=True, kw_only=True):
    """A cap, by its place among those asked for, that leaves less than is to be paid."""

    number: int
    left_minor: int
    fits_at: datetime | None


async def require_room(
    connection: Connection, quote: Quote, asked: asking.Asked, settings: Settings, *, orders: bool
) -> None:
    """Go on only when the caps of all places where a quote's person is leave its price. `orders`: what their accounts
    order meanwhile waits.

    Raises:
        CapReached: one does not.
    """
    caps = caps_in(asked.book, asked.countries, settings, asked.at)
    price = Money(quote.price_minor, quote.currency)
    passed = await _passed(connection, caps, quote.person_id, price, quote.book_version, asked.at, locks=orders)
    if not passed:
        return
    first = passed[0]
    cap = caps[first.number - 1]
    TALLY.count(cap.decision, asked.at, stopped=True)
    left = Money(first.left_minor, cap.amount.currency)
    with speaking(voice_of(asked.facts.language)):
        raise CapReached(
            explain_cap(cap, left),
            rule=cap.decision.rule,
            reason=cap.reason,
            version=cap.version,
            cap=cap.amount,
            hours=cap.hours,
            left=left,
            fits_at=first.fits_at,
            link=asking.LINK,
        )


async def note_passed(
    connection: Connection, order: Order, payment: Payment, settings: Settings, now: datetime
) -> None:
    """Note for the operator that a payment which nobody could stop passed a cap of where its buyer was when they
    ordered: the coins are there, and count. Their wallet is taken by then, so that it waits for no other of theirs."""
    ordered_in = await _ordered_in(connection, order)
    caps = await _passed_by(connection, order, payment.amount, ordered_in, settings, now, locks=False)
    if caps:
        detail = ", ".join(f"{one.decision.rule}: {_plain(one.amount)}" for one in caps)
        kind = PaymentProblemKind.CAP_PASSED
        await note_problem(connection, order, kind, payment.id, order.price, payment.amount, now, detail)
    for one in caps:
        TALLY.count(one.decision, now, stopped=False)


async def stops(
    connection: Connection,
    order: Order,
    price: Money,
    elsewhere: frozenset[str],
    settings: Settings,
    now: datetime,
    *,
    is_late: bool,
) -> bool:
    """Whether a payment that is agreed and not yet taken passes a cap: of countries that it alone names (`elsewhere`),
    such as that of its card, and of an order that was over (`is_late`) those that it was ordered by, too."""
    if not (elsewhere or is_late):
        return False
    ordered_in = await _ordered_in(connection, order)
    countries = elsewhere | ordered_in if is_late else elsewhere - ordered_in
    caps = await _passed_by(connection, order, price, countries, settings, now, locks=True)
    for one in caps:
        TALLY.count(one.decision, now, stopped=True)
    return bool(caps)


def _plain(amount: Money) -> str:
    return f"{format_plain_amount(amount)} {amount.currency}"


async def _ordered_in(connection: Connection, order: Order) -> frozenset[str]:
    """Where a buyer was when they ordered."""
    kept = await asking.kept(connection, order.person_id, order.order_id, BUY)
    return frozenset(kept.countries) if kept else frozenset({order.region})


async def _passed_by(
    connection: Connection,
    order: Order,
    price: Money,
    countries: frozenset[str],
    settings: Settings,
    now: datetime,
    *,
    locks: bool,
) -> list[HeldCap]:
    """The caps of some countries that an order passes together with all that its buyer pays beside it."""
    caps = caps_in(await current_book(connection), countries, settings, now) if countries else []
    found = await _passed(connection, caps, order.person_id, price, order.book_version, now, locks=locks, order=order)
    return [caps[one.number - 1] for one in found]


async def _passed(
    connection: Connection,
    caps: Sequence[HeldCap],
    person_id: int,
    price: Money,
    book_version: int,
    now: datetime,
    *,
    locks: bool,
    order: Order | None = None,
) -> list[PassedCap]:
    if not caps:
        return []
    return await fetch_all(
        connection,
        SQL["caps_passed"],
        PassedCap,
        *(person_id, order.order_id if order else None, price.currency, price.amount_minor, now, book_version, locks),
        [one.amount.currency for one in caps],
        [one.amount.amount_minor for one in caps],
        [one.hours for one in caps],
    )
