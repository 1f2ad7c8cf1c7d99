"""What providers keep, brought in line with what is wanted: removed cards are forgotten there, what they keep is shown
here, what they lost is not; a customer that has ended is forgotten whole. Repeated, it comes to the same."""

from collections.abc import Awaitable, Callable

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.shards import shard_of
from plaudit.limits import (
    CARDS_LEASE_S,
    CARDS_PAUSE_S_FIRST,
    CARDS_PAUSE_S_MAX,
    CARDS_PER_RUN_MAX,
    PROVIDER_CALLS_AT_ONCE,
    SAVED_CARDS_MAX,
)
from plaudit.providers import ProviderUnavailable
from plaudit.queues import Backoff, Queue, settle
from plaudit.selling.cards.actions import look_again_of
from plaudit.selling.cards.model import DueCustomer
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.cards import CardKeeper, ProviderCard, as_card_keeper
from plaudit.statements import statements

SQL = statements(__file__)

CARDS = Queue(
    name="selling.cards",
    what="Saved cards are brought in line with what providers keep",
    item=DueCustomer,
    claim=SQL["claim_customers"],
    postpone=SQL["postpone_customer"],
    waiting=SQL["waiting_customers"],
    key=lambda due: (due.shard, due.person_id, due.provider),
    lease_s=CARDS_LEASE_S,
    backoff=Backoff(CARDS_PAUSE_S_FIRST, CARDS_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=CARDS_PER_RUN_MAX,
)


async def keep_in_line(database: Database, providers: PaymentProviders, clock: Clock) -> int:
    """Look after customers that are due; how many were tried. Several workers may run this."""
    return await CARDS.run(database, clock, _handler(database, providers, clock), None, None)


async def keep_in_line_for(database: Database, providers: PaymentProviders, person_id: int, clock: Clock) -> None:
    """The same for one person, who waits for it, due or not: who cannot be asked now is asked later."""
    async with database.transaction() as connection:
        shard = await shard_of(connection, person_id)
        await look_again_of(
            connection, person_id, clock
        )  # whoever else says so just now is waited for, not passed over
        held = await CARDS.take(connection, clock, CARDS.claimed_max, shard, person_id)
    await CARDS.handle(database, clock, held, _handler(database, providers, clock))


def _handler(database: Database, providers: PaymentProviders, clock: Clock) -> Callable[[DueCustomer], Awaitable[None]]:
    async def handle(due: DueCustomer) -> None:
        keeper = as_card_keeper(providers.get(due.provider))
        if keeper is None:
            raise ProviderUnavailable(due.provider)
        if due.ended_at is not None:
            await keeper.forget_customer(due.customer_id)
            await show(database, due, None, clock)
        else:
            await _forget_removed(database, keeper, due)
            await show(database, due, await keeper.cards_of(due.customer_id, SAVED_CARDS_MAX), clock)

    return handle


async def _forget_removed(database: Database, keeper: CardKeeper, due: DueCustomer) -> None:
    key = (due.shard, due.person_id, due.provider)
    async with database.read() as connection:
        removed = [row["provider_card_id"] for row in await connection.fetch(SQL["removed_cards"], *key)]
    for card_id in removed:
        await keeper.forget_card(due.customer_id, card_id)
    if removed:
        async with database.transaction() as connection:
            await connection.execute(SQL["cards_forgotten"], *key, removed)


async def show(database: Database, due: DueCustomer, kept: list[ProviderCard] | None, clock: Clock) -> None:
    """Write down what the provider keeps; None: it knows no such customer any more."""
    key, now = (due.shard, due.person_id, due.provider), clock.now()
    async with database.transaction() as connection:
        await connection.execute(SQL["lock_cards"], due.shard, due.person_id)
        for card in reversed(kept or []):  # the oldest first, so that ids go by age
            shown = (card.id, card.brand, card.last_four, card.expires_on, now)
            await connection.execute(SQL["keep_card"], due.shard, due.person_id, new_id(clock), due.provider, *shown)
        await connection.execute(SQL["drop_others"], *key, [card.id for card in kept or []], now)
        if kept is None:
            removed = [row["provider_card_id"] for row in await connection.fetch(SQL["removed_cards"], *key)]
            await connection.execute(SQL["cards_forgotten"], *key, removed)
        await connection.execute(SQL["make_newest_default"], due.shard, due.person_id, now.date())
        await settle(connection, SQL["customer_done"], due, *key, kept is not None)
