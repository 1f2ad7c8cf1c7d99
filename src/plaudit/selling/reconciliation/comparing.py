"""Compares one day of a provider with ours. Where only a message was lost, what it would have said is applied."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import RECONCILE_EDGE_MINUTES, RECONCILE_FOUND_MAX, RECONCILE_LISTED_MAX, RECONCILE_PAGE_LENGTH
from plaudit.money import Money
from plaudit.problems import TooBusy, Unavailable
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.queues import TryFailed
from plaudit.selling.inbox.applying import Applied, apply_news
from plaudit.selling.inbox.finding import order_by_payment_id, order_of_payment
from plaudit.selling.orders.capturing import carry_out_these
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.news import Payment, PaymentNews, PaymentState, ReversalNews, ReversalState
from plaudit.selling.reconciliation.lingering import lingering, open_too_long
from plaudit.selling.reconciliation.model import DifferenceKind, Found, PaidHere, ReversalHere, Side, Sum, What
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

_SAME: dict[ReversalState, frozenset[str]] = {
    ReversalState.OPENED: frozenset({"requested", "sent", "opened"}),
    ReversalState.DONE: frozenset({"done"}),
    ReversalState.UNDONE: frozenset({"undone"}),
}


TOO_MUCH = "too_much"


class TooMuch(TryFailed):
    """More than a run can take; the message says of what."""

    def __init__(self, words: str) -> None:
        super().__init__(TOO_MUCH, words)


class Report(msgspec.Struct):
    """What a comparison found."""

    listed: int = 0
    compared: int = 0
    sums: dict[tuple[Side, What, str], Sum] = msgspec.field(default_factory=dict)
    found: list[Found] = msgspec.field(default_factory=list)

    def add(self, side: Side, what: What, money: Money, fee_minor: int) -> None:
        known = self.sums.get((side, what, money.currency))
        count, minor, fee = (known.count, known.minor, known.fee_minor) if known else (0, 0, 0)
        self.sums[side, what, money.currency] = Sum(
            side=side,
            what=what,
            currency=money.currency,
            count=count + 1,
            minor=minor + money.amount_minor,
            fee_minor=fee + fee_minor,
        )

    def differs(self, found: Found) -> None:
        """Note a difference.

        Raises:
            TooMuch: there are more than RECONCILE_FOUND_MAX.
        """
        if len(self.found) >= RECONCILE_FOUND_MAX:
            raise TooMuch(f"more than {RECONCILE_FOUND_MAX} differences: something is wrong with all of it")
        self.found.append(found)


class Comparison:
    """One day of one provider against ours."""

    def __init__(
        self, database: Database, providers: PaymentProviders, provider: PaymentProvider, day: date,
        settings: Settings, clock: Clock,
    ) -> None:  # fmt: skip
        self._database = database
        self._providers = providers
        self._provider = provider
        self._settings = settings
        self._clock = clock
        self._since = datetime.combine(day, time(), UTC)
        self._until = self._since + timedelta(days=1)
        self._payments: set[str] = set()
        self._reversals: set[str] = set()
        self._declined: list[tuple[PaidHere, Payment]] = []
        self._report = Report()

    async def run(self) -> Report:
        """Compare both ways.

        Raises:
            ProviderUnavailable: the provider does not answer; nothing is known.
            ProviderRefused: it will not list.
            TooMuch: more than one run can take.
        """
        edge = timedelta(minutes=RECONCILE_EDGE_MINUTES)
        now = self._clock.now()
        until = (
            self._until + edge if now >= self._until else now
        )  # of a day that is not over there is no end to ask for
        async for news in self._provider.list_news(self._since - edge, until):
            self._report.listed += 1
            if self._report.listed > RECONCILE_LISTED_MAX:
                raise TooMuch(f"the provider lists more than {RECONCILE_LISTED_MAX} payments and reversals")
            if isinstance(news, PaymentNews):
                await self._their_payment(news.payment)
            else:
                await self._their_reversal(news)
        async for paid in self._paid_here():
            await self._our_payment(paid)
        async for reversal in self._reversals_here():
            self._our_reversal(reversal)
        await self._lingering(edge)
        await self._declined_after_all()
        return self._report

    # What the provider has

    async def _their_payment(self, payment: Payment) -> None:
        self._payments.add(payment.id)
        if not self._is_of_the_day(payment.paid_at):
            return
        if payment.state is PaymentState.PAID and payment.is_priced:
            self._report.add("theirs", "payment", payment.amount, payment.fee_minor or 0)
        async with self._database.read() as connection:
            order = await order_of_payment(connection, self._provider.name, payment)
            paid = (
                await fetch_one(connection, SQL["paid_order"], PaidHere, order.shard, order.order_id) if order else None
            )
        if paid is not None and paid.payment_id == payment.id:
            self._compare_payment(paid, payment)
        elif order is None:
            if payment.state in {PaymentState.PAID, PaymentState.AUTHORISED}:
                self._report.differs(_payment_found(DifferenceKind.PAYMENT_MISSING_HERE, payment))
        elif payment.state not in {PaymentState.OPEN, PaymentState.PROCESSING}:
            await self._heal_payment(order, payment)

    def _compare_payment(self, paid: PaidHere, payment: Payment) -> None:
        ours = Money(paid.minor, paid.currency)
        order = (paid.shard, paid.order_id)
        if payment.state is PaymentState.DECLINED:
            self._declined.append((paid, payment))
        elif payment.state is not PaymentState.PAID:
            kind = DifferenceKind.PAYMENT_STATE_DIFFERS
            self._report.differs(_payment_found(kind, payment, order, ours, "paid"))
        elif payment.is_priced and payment.amount != ours:
            kind = DifferenceKind.PAYMENT_AMOUNT_DIFFERS
            self._report.differs(_payment_found(kind, payment, order, ours, "paid"))
        elif payment.fee_minor is not None and payment.fee_minor != paid.fee_minor:
            kind, currency = DifferenceKind.PAYMENT_FEE_DIFFERS, paid.currency
            found = _payment_found(kind, payment, order, Money(paid.fee_minor, currency), "paid", "the fee alone")
            theirs = Money(payment.fee_minor, payment.amount.currency)
            self._report.differs(msgspec.structs.replace(found, theirs=theirs))

    async def _declined_after_all(self) -> None:
        """A store calls a purchase that it took back as a whole none at all: the same as our reversals, once all that
        the day brought is applied."""
        for paid, payment in self._declined:
            async with self._database.read() as connection:
                present = await fetch_one(connection, SQL["paid_order"], PaidHere, paid.shard, paid.order_id)
            if present is None or present.reversed_minor < present.minor:
                kind, ours = DifferenceKind.PAYMENT_STATE_DIFFERS, Money(paid.minor, paid.currency)
                self._report.differs(_payment_found(kind, payment, (paid.shard, paid.order_id), ours, "paid"))

    async def _heal_payment(self, order: Order, payment: Payment) -> None:
        """The order is not paid by this payment: apply the news that was lost. What cannot be is a difference."""
        applied = await self._apply(PaymentNews(payment=payment))
        if applied.decision is not None:
            decided = [applied.decision]
            await carry_out_these(self._database, self._providers, decided, self._settings, self._clock)
        if applied.outcome is NewsOutcome.APPLIED:
            detail = "its message was lost; the order is settled now"
            found = _payment_found(
                DifferenceKind.PAYMENT_STATE_DIFFERS,
                payment,
                (order.shard, order.order_id),
                order.price,
                order.state,
                detail,
            )
            self._report.differs(msgspec.structs.replace(found, healed=True))
            return
        let_go = order.state in {OrderState.DECLINED, OrderState.EXPIRED, OrderState.REFUSED}
        under_way = order.state in {OrderState.AUTHORISED, OrderState.REFUSED}
        ended = payment.state in {PaymentState.DECLINED, PaymentState.EXPIRED}
        another = ended and order.payment_id != payment.id
        if (ended and (let_go or another)) or (payment.state is PaymentState.AUTHORISED and under_way):
            return
        kind, place = DifferenceKind.PAYMENT_STATE_DIFFERS, (order.shard, order.order_id)
        self._report.differs(_payment_found(kind, payment, place, order.price, order.state, applied.detail))

    async def _apply(self, news: PaymentNews | ReversalNews) -> Applied:
        """Apply news; what breaks us is a difference for a person, and not the end of the comparison."""
        try:
            async with self._database.transaction() as connection:
                return await apply_news(connection, self._provider.name, news, self._settings, self._clock)
        except (ProviderUnavailable, TooBusy, Unavailable):
            raise
        except Exception as error:
            log.exception("news of %s could not be applied", self._provider.name)
            return Applied(NewsOutcome.PROBLEM, f"{type(error).__name__}: {error}")

    async def _their_reversal(self, news: ReversalNews) -> None:
        self._reversals.add(news.id)
        if not self._is_of_the_day(news.at):
            return
        if news.amount and news.state is not ReversalState.UNDONE:
            self._report.add("theirs", _what(news.kind), news.amount, news.fee_minor)
        async with self._database.read() as connection:
            order = await order_by_payment_id(connection, self._provider.name, news.payment_id)
            known = await _reversal(connection, order, news.id) if order else None
        if order is None:
            if news.state is not ReversalState.UNDONE:
                self._report.differs(_reversal_found(DifferenceKind.REVERSAL_MISSING_HERE, news))
            return
        if known is None or known.state not in _SAME[news.state]:
            await self._heal_reversal(order, news, known)
        elif news.amount and news.amount != Money(known.claimed_minor, known.currency):
            self._report.differs(_reversal_found(DifferenceKind.REVERSAL_AMOUNT_DIFFERS, news, known))

    async def _heal_reversal(self, order: Order, news: ReversalNews, known: ReversalHere | None) -> None:
        applied = await self._apply(news)
        async with self._database.read() as connection:
            present = await _reversal(connection, order, news.id)
        kind = DifferenceKind.REVERSAL_STATE_DIFFERS if known else DifferenceKind.REVERSAL_MISSING_HERE
        found = _reversal_found(kind, news, known, (order.shard, order.order_id), applied.detail)
        if applied.outcome is NewsOutcome.APPLIED:
            self._report.differs(msgspec.structs.replace(found, healed=True))
        elif present is None and news.state is ReversalState.UNDONE:
            return  # it never took anything, here or there
        elif present is None or present.state not in _SAME[news.state]:
            self._report.differs(found)

    async def _lingering(self, edge: timedelta) -> None:
        name, day = self._provider.name, self._since.date()
        for since, waiting in await lingering(self._database, name, day):
            known = {reversal.provider_reversal_id: reversal for reversal in waiting}
            async for news in self._provider.list_news(since - edge, since + timedelta(days=1) + edge):
                if not isinstance(news, ReversalNews) or news.id not in known:
                    continue
                if news.state is not ReversalState.OPENED:
                    await self._heal_lingering(known[news.id], news)
        for found in await open_too_long(self._database, name, day):
            self._report.differs(found)

    async def _heal_lingering(self, known: ReversalHere, news: ReversalNews) -> None:
        async with self._database.read() as connection:
            order = await order_by_payment_id(connection, self._provider.name, news.payment_id)
        if order is not None:
            await self._heal_reversal(order, news, known)

    def _is_of_the_day(self, at: datetime | None) -> bool:
        return at is None or self._since <= at < self._until

    # What we have

    async def _paid_here(self) -> AsyncIterator[PaidHere]:
        after: tuple[datetime, UUID] = (self._since - timedelta(days=1), UUID(int=0))
        while True:
            async with self._database.read() as connection:
                page = await fetch_all(
                    connection,
                    SQL["paid_here"],
                    PaidHere,
                    *(self._provider.name, self._since, self._until, *after, RECONCILE_PAGE_LENGTH),
                )
            for paid in page:
                yield paid
            if len(page) < RECONCILE_PAGE_LENGTH:
                return
            after = (page[-1].at, page[-1].order_id)

    async def _our_payment(self, paid: PaidHere) -> None:
        self._report.compared += 1
        ours = Money(paid.minor, paid.currency)
        self._report.add("ours", "payment", ours, paid.fee_minor)
        if paid.payment_id in self._payments:
            return
        try:  # the provider may count it to another day
            payment = await self._provider.fetch(paid.payment_id)
        except ProviderRefused as error:
            self._report.differs(
                Found(
                    kind=DifferenceKind.PAYMENT_MISSING_THERE,
                    payment_id=paid.payment_id,
                    order=(paid.shard, paid.order_id),
                    ours=ours,
                    ours_state="paid",
                    detail=error.reason,
                )
            )
            return
        self._compare_payment(paid, payment)

    async def _reversals_here(self) -> AsyncIterator[ReversalHere]:
        after = ""
        while True:
            async with self._database.read() as connection:
                page = await fetch_all(
                    connection,
                    SQL["reversals_here"],
                    ReversalHere,
                    *(self._provider.name, self._since, self._until, after, RECONCILE_PAGE_LENGTH),
                )
            for reversal in page:
                yield reversal
            if len(page) < RECONCILE_PAGE_LENGTH:
                return
            after = page[-1].provider_reversal_id

    def _our_reversal(self, reversal: ReversalHere) -> None:
        self._report.compared += 1
        ours = Money(reversal.claimed_minor, reversal.currency)
        if reversal.state != "undone":
            self._report.add("ours", _what(reversal.kind), ours, reversal.fee_minor)
        if reversal.provider_reversal_id in self._reversals or reversal.state == "undone":
            return
        self._report.differs(
            Found(
                kind=DifferenceKind.REVERSAL_MISSING_THERE,
                payment_id=reversal.payment_id,
                provider_reversal_id=reversal.provider_reversal_id,
                order=(reversal.shard, reversal.order_id),
                ours=ours,
                ours_state=reversal.state,
            )
        )


async def _reversal(connection: Connection, order: Order, provider_reversal_id: str) -> ReversalHere | None:
    return await fetch_one(
        connection, SQL["reversal_here"], ReversalHere, order.shard, order.order_id, provider_reversal_id
    )


def _what(kind: str) -> What:
    named: dict[str, What] = {"void": "void", "chargeback": "chargeback"}
    return named.get(kind, "refund")


def _payment_found(
    kind: DifferenceKind,
    payment: Payment,
    order: tuple[int, UUID] | None = None,
    ours: Money | None = None,
    ours_state: str | None = None,
    detail: str = "",
) -> Found:
    return Found(
        kind=kind,
        payment_id=payment.id,
        order=order,
        ours=ours,
        ours_state=ours_state,
        theirs=payment.amount if payment.is_priced else None,
        theirs_state=payment.state,
        detail=detail or f"reference {payment.reference}",
    )


def _reversal_found(
    kind: DifferenceKind,
    news: ReversalNews,
    known: ReversalHere | None = None,
    order: tuple[int, UUID] | None = None,
    detail: str = "",
) -> Found:
    return Found(
        kind=kind,
        payment_id=news.payment_id,
        provider_reversal_id=news.id,
        order=order or ((known.shard, known.order_id) if known else None),
        ours=Money(known.claimed_minor, known.currency) if known else None,
        ours_state=known.state if known else None,
        theirs=news.amount,
        theirs_state=f"{news.kind} {news.state}",
        detail=detail or news.reason,
    )
