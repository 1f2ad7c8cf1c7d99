"""Webhooks of the pretend Stripe: events, how they are signed, and how they are brought."""

import asyncio
import json
import secrets
import time
from typing import Any

import httpx2
import stripe

from tests.peers.stripe_api import API_VERSION
from tests.peers.stripe_store import Stored

PAUSE_S_FIRST, ATTEMPTS_MAX, TIMEOUT_S = 0.2, 8, 10


class Messages:
    """All events of the account, in the order in which they happened, and the endpoints that get them."""

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self.events: list[Stored] = []
        self.endpoints: list[dict[str, Any]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def emit(self, kind: str, about: Stored, before: Stored | None = None) -> None:
        """`before`: what was changed, as it was."""
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(about))} | ({"previous_attributes": before} if before else {}),
            "livemode": self.live,
            "pending_webhooks": len(self.endpoints),
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events.append(event)
        for endpoint in self.endpoints:
            for _ in range(endpoint.get("copies", 1)):
                task = asyncio.get_running_loop().create_task(self._bring(endpoint, event))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _bring(self, endpoint: dict[str, Any], event: Stored) -> None:
        """Until it is taken, a few times, each time signed anew. `shuffle_ms`: later ones may overtake it."""
        await asyncio.sleep(secrets.randbelow(endpoint.get("shuffle_ms", 0) + 1) / 1000)
        async with httpx2.AsyncClient(verify=False, timeout=TIMEOUT_S) as client:
            for attempt in range(ATTEMPTS_MAX):
                message = signed(event, endpoint["secret"])
                try:
                    answer = await client.post(endpoint["url"], headers=message["headers"], content=message["body"])
                    if answer.is_success:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(PAUSE_S_FIRST * 2**attempt)


def signed(event: Stored, secret: str, age_s: int = 0) -> dict[str, Any]:
    """Headers and body of an event as it is brought; `age_s`: how long ago it says it was signed."""
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age_s)
    return {"headers": {"stripe-signature": header, "content-type": "application/json"}, "body": body}
