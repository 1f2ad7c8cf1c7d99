"""Purchases that are held and what their store has to do with them: it is asked what was paid, or told that they are
done with."""

from datetime import timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import (
    HELD_ASKED_DAYS_MAX,
    HELD_LEASE_S,
    HELD_PAUSE_S_FIRST,
    HELD_PAUSE_S_MAX,
    HELD_PER_RUN_MAX,
    PROVIDER_CALLS_AT_ONCE,
)
from plaudit.providers import ProviderUnavailable
from plaudit.queues import Backoff, Queue, TryFailed, settle
from plaudit.selling.orders.capturing import apply_payment
from plaudit.selling.orders.settlement import lock
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import StoreProvider, as_store
from plaudit.selling.providers.news import PaymentState, StorePayment
from plaudit.selling.stores.claiming import claim
from plaudit.selling.stores.model import DueHeld, HoldReason, TransactionState
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

HELD = Queue(
    name="selling.held",
    what="App stores are asked what was paid for purchases that are held, or told that they are done with",
    item=DueHeld,
    claim=SQL["claim_held"],
    postpone=SQL["postpone_held"],
    waiting=SQL["waiting_held"],
    key=lambda due: (due.provider, due.environment, due.transaction_id),
    lease_s=HELD_LEASE_S,
    backoff=Backoff(HELD_PAUSE_S_FIRST, HELD_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=HELD_PER_RUN_MAX,
)


async def look_after_held(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Ask or tell stores of what is due; how many purchases were tried. Several workers may run this."""

    async def look(due: DueHeld) -> None:
        store = as_store(providers.get(due.provider))
        if store is None:
            raise ProviderUnavailable(due.provider)
        if due.state is TransactionState.HELD and due.hold_reason is HoldReason.NO_PRICE:
            await _ask(database, store, due, settings, clock)
            return
        await store.finish(due.transaction_id)
        async with database.transaction() as connection:
            await _done(connection, due)

    return await HELD.run(database, clock, look)


async def _ask(database: Database, store: StoreProvider, due: DueHeld, settings: Settings, clock: Clock) -> None:
    """What was paid, which settles the purchase like any other; after a long time asking is left to a person."""
    payment = await store.fetch(due.transaction_id)
    assert isinstance(payment, StorePayment)
    taken_back = payment.state is not PaymentState.PAID
    over = clock.now() >= due.noticed_at + timedelta(days=HELD_ASKED_DAYS_MAX)
    if not payment.is_priced and not taken_back and not over:
        raise TryFailed(HoldReason.NO_PRICE, "the store does not say what was paid")
    async with database.transaction() as connection:
        await _done(connection, due)
        if taken_back or not payment.is_priced:
            return
        found = await claim(connection, due.provider, payment, None, clock.now())
        if found.order is not None:
            order = await lock(connection, found.order)
            await apply_payment(connection, order, payment, settings, clock)


async def _done(connection: Connection, due: DueHeld) -> None:
    await settle(connection, SQL["done_with_held"], due, *HELD.key(due))
