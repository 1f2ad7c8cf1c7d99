"""PayPal, as much of it as a seller of coins meets: `python -m tests.peers.paypal`.

Its REST API (OAuth, Orders v2, captures, refunds, disputes, transaction search), the page where a payer agrees, signed
webhooks with their certificates, and under /_control what makes it misbehave.
"""

import asyncio
import json
import secrets
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import httpx2

from tests.peers.paypal_books import Books, Object, Refused, malformed, new_id, shown
from tests.peers.paypal_certificates import SigningDesk
from tests.peers.paypal_payments import (
    capture_order,
    complete,
    dispute_of,
    finish_refund,
    list_disputes,
    move_dispute,
    open_dispute,
    refund_at_desk,
    refund_capture,
    search,
    spread_rows,
)
from tests.peers.serving import serve

CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID = "peer-client", "peer-secret", "5GP028458E2496506"
MINIMAL = ("id", "status", "links")


class Peer:
    """One seller's PayPal, an ASGI application."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.desk = SigningDesk()
        self._deliveries: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """A seller of whom PayPal knows nothing yet, and whom it tells nothing of what was before."""
        for delivery in self._deliveries:
            delivery.cancel()
        self.books = Books(self.origin)
        self.tokens: set[str] = set()
        self.tokens_made = 0
        self.token_lifetime_s = 32_400
        self.requests: Counter[str] = Counter()
        self.faults: list[Object] = []
        self.done: dict[tuple[str, str], tuple[int, Any]] = {}
        self.webhook_url = ""
        self.sent = 0
        self.result_limit = 10_000
        self.lag_s = 0.0
        self._controls = self._controls_by_name()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        method, path = scope["method"], scope["path"]
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        fault = self._fault(method, path)
        if fault.get("status"):
            await _answer(send, fault["status"], {"name": "INTERNAL_SERVER_ERROR", "details": []})
            return
        status, document, more_headers = self._handle(method, path, query, headers, body)
        self._deliver()
        if fault.get("lost"):
            await _break(send)
            return
        if fault.get("garbage"):
            document = b"<html>Sorry</html>"
        await _answer(send, status, document, more_headers)

    def _fault(self, method: str, path: str) -> Object:
        for fault in self.faults:
            if fault["method"] == method and path.startswith(fault["path"]):
                self.faults.remove(fault)
                return fault
        return {}

    def _handle(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any, dict[str, str]]:
        try:
            if path.startswith("/_control/"):
                return 200, self._control(path.removeprefix("/_control/"), body), {}
            if path.startswith("/v1/notifications/certs/CERT-"):
                return self._certificate(path.rpartition("CERT-")[2])
            if path == "/checkoutnow":
                return self._page(method, query, body)
            return *self._rest(method, path, query, headers, body), {}
        except Refused as refused:
            return refused.status, refused.body, {}

    def _rest(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        self.requests[f"{method} {path}"] += 1
        if path == "/v1/oauth2/token":
            return 200, self._token(headers, body)
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": "invalid_token", "error_description": "Token signature verification failed"}
        parts = path.strip("/").split("/")
        if method == "GET":
            return 200, self._found(parts, query)
        if method == "PATCH" and parts[:-1] == ["v2", "checkout", "orders"]:
            self.books.patch(parts[-1], _json(body))
            return 204, b""
        return self._do(parts, headers, _json(body))

    def _token(self, headers: dict[str, str], body: bytes) -> Object:
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or b64decode(credentials).decode() != f"{CLIENT_ID}:{CLIENT_SECRET}":
            refused = Refused(401, "")
            refused.body = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            raise refused
        if parse_qs(body.decode()) != {"grant_type": ["client_credentials"]}:
            raise malformed("UNSUPPORTED_GRANT_TYPE")
        token = f"A21AA{secrets.token_urlsafe(30)}"
        self.tokens.add(token)
        self.tokens_made += 1
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.token_lifetime_s, "scope": "openid"}

    def _found(self, parts: list[str], query: dict[str, str]) -> Any:
        books = self.books
        match parts:
            case ["v2", "checkout", "orders", order_id]:
                return books.shown(books.order(order_id))
            case ["v2", "payments", "captures", capture_id]:
                return shown(books.capture(capture_id))
            case ["v1", "customer", "disputes"]:
                return list_disputes(books, query)
            case ["v1", "customer", "disputes", dispute_id]:
                return shown(dispute_of(books, dispute_id))
            case ["v1", "reporting", "transactions"]:
                return search(books, query, self.result_limit, self.lag_s)
        raise Refused(404, "", "RESOURCE_NOT_FOUND")

    def _do(self, parts: list[str], headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """A request that changes something: done once for a PayPal-Request-Id, whatever its body is the next time."""
        request_id = headers.get("paypal-request-id", "")
        if len(request_id) > 108:
            raise malformed("INVALID_STRING_LENGTH")
        known = self.done.get(("/".join(parts), request_id)) if request_id else None
        if known is None:
            known = self._do_first(parts, body, request_id)
            self.done["/".join(parts), request_id] = known
            status = known[0]
        else:
            status = 200
        resource = known[1]
        visible = self.books.shown(resource) if "purchase_units" in resource else shown(resource)
        if headers.get("prefer") != "return=representation":
            visible = {name: visible[name] for name in MINIMAL if name in visible}
        return status, visible

    def _do_first(self, parts: list[str], body: Any, request_id: str) -> tuple[int, Any]:
        match parts:
            case ["v2", "checkout", "orders"]:
                if not request_id:
                    raise malformed("PAYPAL_REQUEST_ID_REQUIRED")
                return 201, self.books.create(body)
            case ["v2", "checkout", "orders", order_id, "capture"]:
                return 201, capture_order(self.books, order_id)
            case ["v2", "payments", "captures", capture_id, "refund"]:
                return 201, refund_capture(self.books, capture_id, body)
        raise Refused(404, "", "RESOURCE_NOT_FOUND")

    def _page(self, method: str, query: dict[str, str], body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Where the payer agrees, or not."""
        if method == "GET":
            order = self.books.order(query["token"])
            amount = order["purchase_units"][0]["amount"]
            page = f"<h1>Pay {amount['value']} {amount['currency_code']}</h1>"
            return 200, page.encode(), {"content-type": "text/html"}
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("action") == "cancel":
            context = self.books.order(form["token"])["_context"]
            return 303, b"", {"location": f"{context['cancel_url']}?token={form['token']}"}
        back = self.books.approve(form["token"], form.get("country", "US"), form.get("funding", "good"))
        return 303, b"", {"location": back}

    def _certificate(self, name: str) -> tuple[int, Any, dict[str, str]]:
        self.requests[f"certificate {name}"] += 1
        if name == "redirect":
            return 302, b"", {"location": f"{self.origin}/v1/notifications/certs/CERT-genuine"}
        if name not in self.desk.certificates:
            raise Refused(404, "", "RESOURCE_NOT_FOUND")
        return 200, self.desk.certificates[name], {"content-type": "application/x-pem-file"}

    def _control(self, name: str, body: bytes) -> Any:
        """What only tests may do: by name, with a JSON object of arguments."""
        asked: Object = json.loads(body) if body else {}
        if name not in self._controls:
            raise Refused(404, "", "RESOURCE_NOT_FOUND")
        answer = self._controls[name](**asked)
        return {} if answer is None else answer

    def _controls_by_name(self) -> dict[str, Callable[..., Any]]:
        books = self.books
        return {
            "reset": self.reset,
            "root.pem": lambda: self.desk.root_pem,
            "set": lambda **values: self.__dict__.update(values),
            "refund-status": lambda status: setattr(books, "refund_status", status),
            "fault": lambda **fault: self.faults.append(fault),
            "counts": lambda: {"requests": self.requests, "tokens": self.tokens_made},
            "state": lambda: {"captures": books.captures, "refunds": books.refunds, "disputes": books.disputes},
            "events": lambda: books.events,
            "pass-time": books.pass_time,
            "revoke-tokens": self.tokens.clear,
            "forget-requests": self.done.clear,
            "forget-order": lambda order_id: books.orders.pop(order_id) and None,
            "sign": lambda body, **how: self._signed(body.encode(), **how),
            "redeliver": self._redeliver,
            "spread-rows": partial(spread_rows, books),
            "complete": partial(complete, books),
            "change-capture": lambda capture_id, **changed: books.captures[capture_id].update(changed),
            "finish-refund": partial(finish_refund, books),
            "refund-at-desk": lambda **asked: shown(refund_at_desk(books, **asked)),
            "dispute": lambda **asked: shown(open_dispute(books, **asked)),
            "move-dispute": lambda **asked: shown(move_dispute(books, **asked)),
        }

    def _signed(
        self,
        body: bytes,
        certificate: str = "genuine",
        webhook_id: str = WEBHOOK_ID,
        origin: str | None = None,
        age_s: float = 0,
        transmission_id: str | None = None,
    ) -> dict[str, str]:
        """The headers of a message as PayPal, or somebody who would like to be, sends it."""
        return self.desk.headers(
            body,
            transmission_id=transmission_id or f"{new_id().lower()}-11f0",
            webhook_id=webhook_id,
            origin=origin or self.origin,
            certificate=certificate,
            at=datetime.now(UTC) - timedelta(seconds=age_s),
        )

    def _deliver(self) -> None:
        """Send what has happened since, when somebody listens."""
        if self.webhook_url:
            for event in self.books.events[self.sent :]:
                self._start(event)
            self.sent = len(self.books.events)

    def _redeliver(self, order: list[int], copies: int = 1, age_s: float = 0) -> None:
        """Send events again, by number, in any order."""
        for number in order:
            for _ in range(copies):
                self._start(self.books.events[number], age_s)

    def _start(self, event: Object, age_s: float = 0) -> None:
        task = asyncio.get_running_loop().create_task(self._send(event, age_s))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _send(self, event: Object, age_s: float) -> None:
        """One message, until it is taken: PayPal tries 25 times, over three days."""
        body = json.dumps(event).encode()
        headers = self._signed(body, age_s=age_s)
        async with httpx2.AsyncClient(verify=False, timeout=5) as client:
            for attempt in range(25):
                with suppress(httpx2.HTTPError):
                    if (await client.post(self.webhook_url, headers=headers, content=body)).is_success:
                        return
                await asyncio.sleep(min(0.1 * 2**attempt, 2))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise malformed("MALFORMED_REQUEST_JSON") from error


async def _answer(send: Any, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    sent = {"content-type": "application/json", "paypal-debug-id": secrets.token_hex(6), **(headers or {})}
    if status != 204:
        sent["content-length"] = str(len(body))
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _break(send: Any) -> None:
    """An answer that breaks off: the work was done, and nobody hears of it."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
    await send({"type": "http.response.body", "body": b"{"})


if __name__ == "__main__":
    serve(Peer, log_level="critical")
