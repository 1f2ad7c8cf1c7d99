"""Answers to stores that ask how much of a purchase was used: from the strip, with the buyer's consent, in time."""

import logging
from datetime import datetime
from fractions import Fraction

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import (
    CONSUMPTION_ANSWER_LEASE_S,
    CONSUMPTION_ANSWER_PAUSE_S_FIRST,
    CONSUMPTION_ANSWER_PAUSE_S_MAX,
    CONSUMPTION_ANSWERS_PER_RUN_MAX,
    QUEUE_ERROR_LENGTH_MAX,
)
from plaudit.money import round_half_up
from plaudit.pages import Place
from plaudit.providers import ProviderRefused
from plaudit.queues import Backoff, Queue, settle
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.news import ConsumptionRequest, RefundDeclined
from plaudit.selling.stores.actions import store_of
from plaudit.selling.stores.model import Consent, Consumed, ConsumptionEntry, DueRequest, RequestState
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

MILLION = 1_000_000

ANSWERS = Queue(
    name="selling.consumption",
    what="App stores are told how much was used",
    item=DueRequest,
    claim=SQL["claim_requests"],
    postpone=SQL["postpone_request"],
    waiting=SQL["waiting_requests"],
    is_timed=True,
    key=lambda request: (request.provider, request.request_id),
    lease_s=CONSUMPTION_ANSWER_LEASE_S,
    backoff=Backoff(CONSUMPTION_ANSWER_PAUSE_S_FIRST, CONSUMPTION_ANSWER_PAUSE_S_MAX),
    at_once=1,
    claimed_max=1,
    per_run_max=CONSUMPTION_ANSWERS_PER_RUN_MAX,
)


async def record_request(
    connection: Connection, order: Order, request: ConsumptionRequest, now: datetime
) -> NewsOutcome:
    """Queue a store's question about an order's purchase; in the caller's transaction. A job answers it.

    A question about an order that is not paid yet has to wait for that.
    """
    if order.state is not OrderState.PAID:
        return NewsOutcome.WAITING
    noted = await connection.fetchval(
        SQL["note_request"],
        *(order.provider, request.id, order.shard, order.order_id, request.payment_id, request.reason),
        *(now, request.answer_until),
    )
    return NewsOutcome.APPLIED if noted else NewsOutcome.REPEATED


async def note_declined(connection: Connection, order: Order, news: RefundDeclined) -> bool:
    """Note with the store's last question about an order that it gives nothing back; False: it is noted, or there was
    no question."""
    noted = await connection.fetchval(SQL["note_declined"], order.provider, order.shard, order.order_id, news.at)
    return noted is not None


async def answer_due(database: Database, providers: PaymentProviders, clock: Clock) -> int:
    """Answer the questions that are due, the most urgent first; how many were looked at. Several workers may do it."""

    async def answer(request: DueRequest) -> None:
        await _answer(database, providers, request, clock)

    return await ANSWERS.run(database, clock, answer)


async def _answer(database: Database, providers: PaymentProviders, request: DueRequest, clock: Clock) -> None:
    if clock.now() >= request.answer_until:
        log.error("%s was not told in time how much of %s was used", request.provider, request.payment_id)
        await _close(database, request, RequestState.MISSED, clock)
        return
    store = store_of(providers, request.provider)
    async with database.read() as connection:
        agreed = not store.capabilities.consumption_needs_consent or await _agreed(connection, request)
        consumed_ppm = await consumed_share(connection, request.shard, request)
    if not agreed:
        await _close(database, request, RequestState.NO_CONSENT, clock)
        return
    try:
        await store.answer_consumption(request.request_id, request.payment_id, consumed_ppm)
    except ProviderRefused as error:
        log.error("not told how much of %s was used: %s", request.payment_id, error)
        await _close(database, request, RequestState.REFUSED, clock, error=error.reason)
    else:
        await _close(database, request, RequestState.ANSWERED, clock, consumed_ppm)


async def consumed_share(connection: Connection, shard: int, request: DueRequest) -> int:
    """The share of an order's coins that was spent, in millionths. Coins that a reversal took back after they were
    spent count; those it took unspent were never used."""
    lot = await fetch_one(connection, SQL["consumed_of_lot"], Consumed, shard, request.order_id)
    assert lot is not None  # a question is only queued for a paid order
    return round_half_up(Fraction(lot.spent * MILLION, lot.coins))


async def _agreed(connection: Connection, request: DueRequest) -> bool:
    person_id = await connection.fetchval(SQL["person_of_order"], request.shard, request.order_id)
    consent = await consent_of(connection, person_id)
    return consent is not None and consent.given


async def _close(
    database: Database,
    request: DueRequest,
    state: RequestState,
    clock: Clock,
    consumed_ppm: int | None = None,
    *,
    error: str = "",
) -> None:
    async with database.transaction() as connection:
        closing = (request.provider, request.request_id, state, consumed_ppm)
        await settle(connection, SQL["close_request"], request, *closing, error[:QUEUE_ERROR_LENGTH_MAX], clock.now())


async def list_requests(
    connection: Connection, state: RequestState | None, before: Place, limit: int
) -> list[ConsumptionEntry]:
    """Questions of stores for the operator, newest first, those before a place."""
    return await fetch_all(connection, SQL["list_requests"], ConsumptionEntry, state, *before, limit)


# Consent


async def consent_of(connection: Connection, person_id: int) -> Consent | None:
    """The latest word of a person; None when there never was one."""
    return await fetch_one(connection, SQL["consent_of"], Consent, person_id)


async def set_consent(connection: Connection, person_id: int, given: bool, now: datetime) -> Consent:
    """Keep a person's word with its time; saying the same again changes nothing."""
    present = await consent_of(connection, person_id)
    if present is None or present.given is not given:
        await connection.execute(SQL["write_consent"], person_id, now, given)
        return Consent(given, now)
    return present
