"""Proofs of purchase that apps bring, and what operators do about purchases that are held."""

from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.decisions.actions import are_linked
from plaudit.decisions.model import OwnBenefit
from plaudit.inbox.model import NewsOutcome
from plaudit.ledger.shards import shard_of
from plaudit.pages import Place
from plaudit.problems import NotFound
from plaudit.selling.grants import actions as grants
from plaudit.selling.grants.model import NewGrant
from plaudit.selling.orders.actions import find_order, find_order_of_anybody, orders_to_show
from plaudit.selling.orders.capturing import apply_payment
from plaudit.selling.orders.finding import orders_by_id
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import lock
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import StoreProvider, as_store
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.news import PaymentState, StorePayment
from plaudit.selling.stores.claiming import STORE_HAS_A_PART, Claim, Resolution, claim, misfit, take
from plaudit.selling.stores.model import (
    NotToBeGranted,
    OrderDoesNotFit,
    PurchaseHeld,
    PurchaseUsed,
    StoreTransaction,
    TransactionNotHeld,
    TransactionState,
)
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


def store_of(providers: PaymentProviders, name: str) -> StoreProvider:
    """The app store of this name.

    Raises:
        NotFound: this server sells in no such store.
    """
    store = as_store(providers.get(name))
    if store is None:
        raise NotFound("There is no such app store here.", provider=name)
    return store


def asks_consent(providers: PaymentProviders) -> bool:
    """Whether a store this server sells in needs the buyer's consent to be told about use."""
    stores = (as_store(providers.get(name)) for name in providers.names)
    return any(store is not None and store.capabilities.consumption_needs_consent for store in stores)


async def present_for_order(
    database: Database,
    providers: PaymentProviders,
    person_id: int,
    order_id: UUID,
    proof: str,
    settings: Settings,
    clock: Clock,
) -> Order:
    """Take the proof of a purchase for an order of the person; see present().

    Raises:
        NotFound: the person has no such order.
        OrderDoesNotFit: it is not paid in an app store.
    """
    async with database.read() as connection:
        order = await find_order(connection, person_id, order_id)
    if as_store(providers.get(order.provider)) is None:
        raise OrderDoesNotFit(f"The payment is taken by {order.provider}, which is no app store.")
    return await present(database, providers, order.provider, person_id, proof, settings, clock)


async def present(
    database: Database,
    providers: PaymentProviders,
    provider: str,
    person_id: int,
    proof: str,
    settings: Settings,
    clock: Clock,
) -> Order:
    """Take the proof of a purchase; coins go to the order whose account token it carries. Repeating it changes nothing.

    Raises:
        PurchaseNotValid: the store did not sell this here.
        PurchaseHeld: it was paid, and is kept until it is clear whose it is.
        PurchaseUsed: it belongs to somebody else, or has been dealt with.
        ProviderUnavailable: the store cannot be asked now.
    """
    payment = await store_of(providers, provider).verify_purchase(proof)
    if payment.state not in {PaymentState.PAID, PaymentState.PROCESSING}:
        raise PurchaseNotValid(str(payment.state))
    async with database.transaction() as connection:
        if payment.state is PaymentState.PROCESSING:
            return await _waiting(connection, provider, payment, person_id)
        found = await claim(connection, provider, payment, person_id, clock.now())
        if found.order:
            order = await lock(connection, found.order)
            await apply_payment(connection, order, payment, settings, clock)
            return await find_order(connection, person_id, found.order.order_id)
    raise _refusal(found, payment)


def _refusal(found: Claim, payment: StorePayment) -> Exception:
    return PurchaseHeld(found.held, payment.id) if found.held else PurchaseUsed()


async def _waiting(connection: Connection, provider: str, payment: StorePayment, person_id: int) -> Order:
    """The person's order whose purchase is not paid yet: it waits for a parent, or for cash at a counter."""
    token = _token(payment)
    found = await orders_by_id(connection, provider, token) if token else []
    order = next((order for order in found if order.person_id == person_id), None)
    if order is None:
        raise PurchaseNotValid("not_paid_yet")
    return order


def _token(payment: StorePayment) -> UUID | None:
    try:
        return UUID(payment.reference)
    except ValueError:
        return None


# What the inbox does


async def apply_told(
    connection: Connection, provider: str, payment: StorePayment, settings: Settings, clock: Clock
) -> tuple[NewsOutcome, str, Order | None]:
    """Apply what a store itself tells of a paid transaction; what came of it, in words, and to which order."""
    found = await claim(connection, provider, payment, None, clock.now())
    if found.order is None:
        words = f"held: {found.held}" if found.held else "dealt with by an operator"
        return (
            (NewsOutcome.APPLIED if found.held else NewsOutcome.IGNORED),
            f"transaction {payment.id} is {words}",
            None,
        )
    order = await lock(connection, found.order)
    outcome, _ = await apply_payment(connection, order, payment, settings, clock)
    return outcome, f"order {found.order.order_id}: transaction {payment.id}", found.order


# What operators do


async def list_transactions(
    connection: Connection, state: TransactionState, before: Place, limit: int
) -> list[StoreTransaction]:
    """Transactions in a state, newest first, those before a place."""
    return await fetch_all(connection, SQL["list_transactions"], StoreTransaction, state, *before, limit)


async def find_transaction(connection: Connection, transaction_id: UUID) -> StoreTransaction:
    """A transaction in whatever state.

    Raises:
        NotFound: there is none with this id.
    """
    transaction = await fetch_one(connection, SQL["find_transaction"], StoreTransaction, transaction_id)
    if transaction is None:
        raise NotFound("There is no such transaction.", id=transaction_id)
    return transaction


async def candidates(connection: Connection, transaction: StoreTransaction, limit: int) -> list[Order]:
    """Unpaid orders of whoever brought a transaction, for the same product: what it may be bound to."""
    if transaction.presented_by is None:
        return []
    shard = await shard_of(connection, transaction.presented_by)
    unit_coins = transaction.coins // transaction.quantity
    found = await connection.fetch(
        SQL["candidates"], shard, transaction.presented_by, transaction.provider, unit_coins, limit
    )
    return await orders_to_show(connection, transaction.presented_by, [row["order_id"] for row in found])


async def bind(
    database: Database,
    providers: PaymentProviders,
    transaction_id: UUID,
    order_id: UUID,
    by: Resolution,
    settings: Settings,
    clock: Clock,
) -> Order:
    """Give the coins of a held transaction to an order; the store is asked first whether it still stands.

    Raises:
        NotFound: there is no such transaction, or order.
        TransactionNotHeld: it was claimed or closed before.
        OwnBenefit: the order is the operator's, or that of an account linked to theirs.
        OrderDoesNotFit: another store, product, or payment.
        ProviderUnavailable: the store cannot be asked now.
        ProviderRefused: the store knows the transaction no more.
    """
    async with database.read() as connection:
        transaction = await _held(connection, "find_transaction", transaction_id)
    payment = await store_of(providers, transaction.provider).fetch(transaction.transaction_id)
    if not isinstance(payment, StorePayment) or payment.state is not PaymentState.PAID:
        raise OrderDoesNotFit("taken_back_by_the_store")
    async with database.transaction() as connection:
        transaction = await _held(connection, "lock_transaction_by_id", transaction_id)
        order = await lock(connection, await find_order_of_anybody(connection, order_id))
        if await are_linked(connection, by.operator_id, order.person_id):
            raise OwnBenefit(role="confirmer")
        if order.provider != transaction.provider:
            raise OrderDoesNotFit("other_store")
        if reason := await misfit(connection, order, payment):
            raise OrderDoesNotFit(reason)
        order = await take(connection, transaction, order, clock.now(), by)
        await apply_payment(connection, order, payment, settings, clock)
        return await find_order(connection, order.person_id, order.order_id)


async def close(database: Database, transaction_id: UUID, by: Resolution, clock: Clock) -> StoreTransaction:
    """Note that a held transaction was dealt with in another way: it never gives coins.

    Raises:
        NotFound: there is no such transaction.
        TransactionNotHeld: it was claimed or closed before.
    """
    async with database.transaction() as connection:
        held = await _held(connection, "lock_transaction_by_id", transaction_id)
        await connection.execute(SQL["close_transaction"], *held.key, clock.now(), by.operator_id, by.words, None)
        closed = await fetch_one(connection, SQL["find_transaction"], StoreTransaction, transaction_id)
        assert closed is not None
        return closed


async def grant(
    database: Database, transaction_id: UUID, wanted: NewGrant, by: Resolution, clock: Clock
) -> StoreTransaction:
    """Give the coins of a held transaction away: for one that cost nothing, or of which nobody says what was paid.
    The store is told that it is done with. Repeated with the same grant, nothing more happens.

    Raises:
        NotFound: there is no such transaction, or person.
        TransactionNotHeld: it was claimed or closed before, in another way.
        NotToBeGranted: it was paid for, so that an order has to get its coins.
        Problem: see grants.actions.give.
    """
    async with database.transaction() as connection:
        transaction = await fetch_one(connection, SQL["lock_transaction_by_id"], StoreTransaction, transaction_id)
        if transaction is None:
            raise NotFound("There is no such transaction.", id=transaction_id)
        if transaction.state is not TransactionState.HELD and transaction.grant_id != wanted.id:
            raise TransactionNotHeld
        if transaction.hold_reason not in STORE_HAS_A_PART:
            raise NotToBeGranted
        await grants.give(connection, clock, wanted, by.operator_id)
        written = (clock.now(), by.operator_id, by.words, wanted.id)
        await connection.execute(SQL["close_transaction"], *transaction.key, *written)
        granted = await fetch_one(connection, SQL["find_transaction"], StoreTransaction, transaction_id)
        assert granted is not None
        return granted


async def _held(connection: Connection, statement: str, transaction_id: UUID) -> StoreTransaction:
    transaction = await fetch_one(connection, SQL[statement], StoreTransaction, transaction_id)
    if transaction is None:
        raise NotFound("There is no such transaction.", id=transaction_id)
    if transaction.state is not TransactionState.HELD:
        raise TransactionNotHeld
    return transaction
