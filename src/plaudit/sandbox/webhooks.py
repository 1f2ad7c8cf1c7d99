"""The webhooks of the sandbox: signed (Standard Webhooks), retried ever later, with chaos twice and out of order."""

import asyncio
import logging
import random
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx2
import msgspec
from standardwebhooks import Webhook

from plaudit.clock import Clock
from plaudit.ids import new_id
from plaudit.limits import (
    SANDBOX_CHAOS_SPREAD_MS,
    SANDBOX_MESSAGE_ATTEMPTS_MAX,
    SANDBOX_MESSAGE_PAUSE_MS_FIRST,
    SANDBOX_MESSAGE_PAUSE_MS_MAX,
    SANDBOX_MESSAGE_TIMEOUT_S,
    SANDBOX_MESSAGES_AT_ONCE,
)
from plaudit.sandbox.store import Message, Store
from plaudit.settings import Secret

log = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True):
    """What a webhook carries: the object as it was when the event happened."""

    id: str
    type: str
    created_at: datetime
    data: msgspec.Raw


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Outbox:
    """Webhooks on their way out. What is not acknowledged with 2xx is sent again, later and later."""

    def __init__(
        self, store: Store, clock: Clock, secret: Secret, chaos: random.Random | None = None, origin: str = ""
    ) -> None:
        """`origin`: where the receiver is reached from here, whatever it calls itself."""
        self._origin = origin
        self._store = store
        self._clock = clock
        self._webhook = Webhook(secret.reveal())
        self._chaos = chaos

    def emit(self, event_type: str, url: str, data: msgspec.Struct) -> None:
        """Queue an event about an object, inside the transaction that changed it.

        Raises:
            TooBusy: too many webhooks wait.
        """
        now = self._clock.now()
        event = Event(f"evt_{new_id(self._clock).hex}", event_type, now, msgspec.Raw(msgspec.json.encode(data)))
        body = msgspec.json.encode(event).decode()
        if self._origin:
            url = self._origin + urlsplit(url).path
        for delay_ms in self._delays_ms():
            self._store.write_message(event.id, url, body, milliseconds(now) + delay_ms)

    async def send_due(self, client: httpx2.AsyncClient) -> int:
        """Send what is due, a bounded number at once; how many were tried."""
        messages = self._store.due_messages(milliseconds(self._clock.now()), SANDBOX_MESSAGES_AT_ONCE)
        await asyncio.gather(*(self._send(client, message) for message in messages))
        return len(messages)

    def _delays_ms(self) -> list[int]:
        if self._chaos is None:
            return [0]
        return [self._chaos.randrange(SANDBOX_CHAOS_SPREAD_MS) for _ in range(2)]

    async def _send(self, client: httpx2.AsyncClient, message: Message) -> None:
        now = datetime.now(UTC)  # receivers hold it against their machine's clock, whatever time the sandbox plays
        headers = {
            "content-type": "application/json",
            "webhook-id": message.event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(message.event_id, now, message.body),
        }
        status = 0
        with suppress(httpx2.HTTPError, httpx2.InvalidURL):
            answer = await client.post(
                message.url, content=message.body, headers=headers, timeout=SANDBOX_MESSAGE_TIMEOUT_S
            )
            status = answer.status_code
        if 200 <= status < 300:
            self._store.message_sent(message)
            return
        log.info("webhook %s to %s was answered %s", message.event_id, message.url, status or "not at all")
        self._store.message_failed(message, self._next_try_ms(message))

    def _next_try_ms(self, message: Message) -> int | None:
        if message.attempts + 1 >= SANDBOX_MESSAGE_ATTEMPTS_MAX:
            return None
        pause_ms: int = min(SANDBOX_MESSAGE_PAUSE_MS_FIRST << message.attempts, SANDBOX_MESSAGE_PAUSE_MS_MAX)
        return milliseconds(self._clock.now()) + pause_ms
