"""Bringing events to endpoints: taken from the log, claimed, signed, posted, and what the answer means."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from standardwebhooks import Webhook

from plaudit import __version__
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import log_state, place_waiting
from plaudit.events.model import ALWAYS, ON_REQUEST, Envelope
from plaudit.feeds.webhooks.actions import require
from plaudit.feeds.webhooks.model import TEST_KIND, Claimed, DeliveryState, Endpoint, PauseReason, Try
from plaudit.feeds.webhooks.network import Answer, Courier, networks
from plaudit.feeds.webhooks.signing import secrets_of
from plaudit.ids import id_text, new_id
from plaudit.limits import (
    WEBHOOK_ENDPOINTS_PER_ROUND_MAX,
    WEBHOOK_EVENTS_PER_ROUND_MAX,
    WEBHOOK_FAILING_DAYS_MAX,
    WEBHOOK_FAILURES_SLOW,
    WEBHOOK_LEASE_S,
    WEBHOOK_PAUSE_JITTER_PERCENT,
    WEBHOOK_PAUSE_S_FIRST,
    WEBHOOK_PAUSE_S_MAX,
    WEBHOOK_REST_S_MAX,
    WEBHOOK_TRIES_MAX,
    WEBHOOKS_AT_ONCE,
    WEBHOOKS_PER_ENDPOINT_AT_ONCE,
)
from plaudit.queues import Backoff
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements
from plaudit.vault.sealing import vault_of

SQL = statements(__file__)
log = logging.getLogger(__name__)

_GONE = 410


def signed_headers(secrets: list[str], event_id: UUID, at: datetime, body: str) -> dict[str, str]:
    """The headers of a message after the Standard Webhooks convention, with a signature of each secret."""
    signatures = " ".join(Webhook(secret).sign(str(event_id), at, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": f"Plaudit/{__version__}",
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }


def is_success(answer: Answer | Try) -> bool:
    """Whether an endpoint took the event: only an answer 2xx says so."""
    return answer.status is not None and 200 <= answer.status < 300


class Dispatcher:
    """Brings events to the endpoints of hosts. Any number of processes may; one that dies loses its leases.

    An event whose subject has an earlier one that is not delivered waits for it; others flow. Told twice is only what
    a process had sent when it died before it could say so, or what an operator asked for.
    """

    def __init__(self, database: Database, clock: Clock, settings: Settings, draw: random.Random | None = None) -> None:
        """`draw` spreads the pauses between tries."""
        self._database = database
        self._clock = clock
        self._draw = draw or random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._settings = settings
        self._courier = Courier(networks(settings.webhook_networks))
        self._under_way: set[asyncio.Task[None]] = set()
        self.on_done: Callable[[], None] = lambda: None
        """Called when a request has ended: its subject's next event may be due."""

    async def close(self) -> None:
        """End what is under way; it is sent again when its lease ends."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._courier.close()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def run_once(self) -> int:
        """Take new events from the log and begin to send what is due; answers how many requests were begun."""
        await place_waiting(self._database)
        async with self._database.transaction() as connection:
            await connection.fetch(
                SQL["take_events"],
                self._clock.now(),
                WEBHOOK_EVENTS_PER_ROUND_MAX,
                WEBHOOK_ENDPOINTS_PER_ROUND_MAX,
                list(ON_REQUEST),
                list(ALWAYS),
            )
        claimed = await self._claim(WEBHOOKS_AT_ONCE - len(self._under_way))
        for one, secrets in claimed:
            task = asyncio.create_task(self._deliver(one, secrets), name=f"webhook {one.id}")
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return len(claimed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.on_done()

    async def _claim(self, most: int) -> list[tuple[Claimed, list[str]]]:
        """What to bring, and the secrets to sign it with."""
        if most <= 0:
            return []
        now = self._clock.now()
        lease = now + timedelta(seconds=WEBHOOK_LEASE_S)
        async with self._database.transaction() as connection:
            found = await fetch_all(
                connection,
                SQL["claim"],
                Claimed,
                *(now, lease, most, WEBHOOK_FAILURES_SLOW, WEBHOOKS_PER_ENDPOINT_AT_ONCE),
            )
            vault = vault_of(self._settings)
            secrets = {
                endpoint_id: await secrets_of(connection, vault, endpoint_id, now)
                for endpoint_id in {one.endpoint_id for one in found}
            }
        return [(one, secrets[one.endpoint_id]) for one in found]

    async def _deliver(self, claimed: Claimed, secrets: list[str]) -> None:
        try:
            envelope = Envelope(
                id=claimed.id,
                type=claimed.type,
                at=claimed.at,
                subject=claimed.subject,
                sequence=claimed.position,
                epoch=claimed.epoch,
                key_id=id_text(claimed.key_id),
                data=claimed.data,
            )
            at = self._clock.now()
            answer = await self._post(claimed.url, secrets, envelope, at)
            async with self._database.transaction() as connection:
                await self._note(connection, claimed, answer, at)
        except Exception:  # whatever it is, its lease ends and it is tried again
            log.exception("webhook %s to endpoint %s failed", claimed.id, claimed.endpoint_id)

    async def _post(self, url: str, secrets: list[str], envelope: Envelope, at: datetime) -> Answer:
        body = msgspec.json.encode(envelope)
        return await self._courier.post(url, signed_headers(secrets, envelope.id, at, body.decode()), body)

    async def _note(self, connection: Connection, claimed: Claimed, answer: Answer, at: datetime) -> None:
        """The try, what becomes of the event, and how the endpoint fares."""
        await self._write_try(connection, claimed.endpoint_id, claimed.position, claimed.id, claimed.type, answer, at)
        now = self._clock.now()
        state, due_at = DeliveryState.DELIVERED, now
        if not is_success(answer):
            state = DeliveryState.PARKED if claimed.tries >= WEBHOOK_TRIES_MAX else DeliveryState.WAITING
            due_at = now + self._pause(claimed.tries)
        code = None if is_success(answer) else f"http_{answer.status}" if answer.status else "no_answer"
        # The endpoint before its delivery, as who removes or resumes one locks them.
        if is_success(answer):
            await connection.execute(SQL["note_success"], claimed.endpoint_id)
        else:
            await self._note_failure(connection, claimed, answer, now)
        settled = (claimed.endpoint_id, claimed.position, claimed.tries, state, now, due_at, code)
        await connection.execute(SQL["settle"], *settled)

    async def _note_failure(self, connection: Connection, claimed: Claimed, answer: Answer, now: datetime) -> None:
        failing = await connection.fetchrow(SQL["note_failure"], claimed.endpoint_id, now)
        assert failing is not None, "endpoints are never deleted"
        slow = failing["failures_in_a_row"] - WEBHOOK_FAILURES_SLOW
        if slow >= 0:
            rest = Backoff(WEBHOOK_PAUSE_S_FIRST, WEBHOOK_REST_S_MAX).pause(slow + 1)
            await connection.execute(SQL["rest"], claimed.endpoint_id, now + rest)
        reason = None
        if answer.status == _GONE:
            reason = PauseReason.GONE
        elif now - failing["failing_since"] >= timedelta(days=WEBHOOK_FAILING_DAYS_MAX):
            reason = PauseReason.FAILING
        if reason is not None:
            log.warning("webhook endpoint %s is paused: %s", claimed.endpoint_id, reason)
            await connection.execute(SQL["pause_endpoint"], claimed.endpoint_id, now, reason)

    def _pause(self, tries: int) -> timedelta:
        jitter = WEBHOOK_PAUSE_JITTER_PERCENT / 100
        pause = Backoff(WEBHOOK_PAUSE_S_FIRST, WEBHOOK_PAUSE_S_MAX).pause(tries)
        return pause * self._draw.uniform(1 - jitter, 1 + jitter)

    async def _write_try(
        self,
        connection: Connection,
        endpoint_id: UUID,
        position: int | None,
        event_id: UUID,
        kind: str,
        answer: Answer,
        at: datetime,
    ) -> Try:
        made = Try(
            id=new_id(self._clock),
            endpoint_id=endpoint_id,
            position=position,
            event_id=event_id,
            type=kind,
            at=at,
            duration_ms=answer.duration_ms,
            status=answer.status,
            error=answer.error,
            answer=answer.text,
        )
        await connection.execute(SQL["insert_try"], *msgspec.structs.astuple(made))
        return made

    async def test(self, endpoint_id: UUID) -> Try:
        """Send a test event now, once, whether the endpoint is paused or not; what came back.

        Raises:
            EndpointUnknown: there is none.
        """
        at = self._clock.now()
        async with self._database.read() as connection:
            endpoint: Endpoint = await require(connection, endpoint_id)
            secrets = await secrets_of(connection, vault_of(self._settings), endpoint_id, at)
            epoch = (await log_state(connection)).epoch
        event = Envelope(
            id=new_id(self._clock),
            type=TEST_KIND,
            at=at,
            subject=f"webhook:{endpoint_id}",
            sequence=0,
            epoch=epoch,
            key_id=None,
            data={},
        )
        answer = await self._post(endpoint.url, secrets, event, at)
        async with self._database.transaction() as connection:
            return await self._write_try(connection, endpoint_id, None, event.id, TEST_KIND, answer, at)
