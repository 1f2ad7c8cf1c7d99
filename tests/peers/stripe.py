"""A pretend Stripe for tests: `python -m tests.peers.stripe`. It keeps everything in memory."""

import argparse
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.peers import stripe_pages as pages
from tests.peers.serving import serve
from tests.peers.stripe_api import Api, Call
from tests.peers.stripe_books import Books
from tests.peers.stripe_control import Control, Faults
from tests.peers.stripe_messages import Messages
from tests.peers.stripe_parameters import read_form
from tests.peers.stripe_store import Refusal

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class PretendStripe:
    """An ASGI application: the API, the hosted pages, and the control of tests."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.url, self.secret_key = url, secret_key
        self.reset()

    def reset(self) -> None:
        """An account nobody has used yet."""
        live = "_live_" in self.secret_key
        self.messages = Messages(live=live)
        self.books = Books(self.url, self.messages.emit, live=live)
        self.api = Api(self.books, self.secret_key)
        self.faults = Faults()
        self.control = Control(self.books, self.messages, self.faults)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body, path, method = (await _body(receive)).decode(), scope["path"], scope["method"]
        if path.startswith("/_control/"):
            await self._control(path.removeprefix("/_control/"), body, send)
        elif path.startswith(("/pay/", "/bank/")):
            await self._page(method, path[1:].split("/"), body, send)
        else:
            headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
            text = scope["query_string"].decode() if method == "GET" else body
            await self._api(Call(method, path, headers, read_form(text)), send)

    async def _api(self, call: Call, send: Send) -> None:
        fault = self.faults.take(call.method, call.path)
        if status := fault.get("status"):
            await _json(send, status, {"error": {"type": "api_error", "message": "Something failed."}})
            return
        answer = self.api.answer(call)
        if fault.get("lose_answer"):
            # A length that never comes: the server closes the connection in the middle of the answer.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9999")]})
            return
        headers = [(b"idempotent-replayed", b"true")] if answer.replayed else []
        await _json(send, answer.status, answer.body, headers)

    async def _page(self, method: str, steps: list[str], body: str, send: Send) -> None:
        try:
            if steps[0] == "bank":
                status, text = pages.bank(self.books, steps[1], None if method == "GET" else body)
            elif method == "GET":
                status, text = pages.show(self.books, steps[1])
            elif len(steps) == 2:
                status, text = pages.pay(self.books, steps[1], body)
            else:
                status, text = pages.answer_bank(self.books, steps[1], body)
        except Refusal as refusal:
            status, text = refusal.status, str(refusal)
        if status == 303:
            await _send(send, status, b"", [(b"location", text.encode())])
        else:
            await _send(send, status, text.encode(), [(b"content-type", b"text/html; charset=utf-8")])

    async def _control(self, name: str, body: str, send: Send) -> None:
        if name == "reset":
            self.reset()
            await _json(send, 200, {})
            return
        try:
            await _json(send, 200, self.control.act(name, json.loads(body or "{}")))
        except Refusal as refusal:
            await _json(send, refusal.status, refusal.body)


async def _body(receive: Receive) -> bytes:
    whole: bytes = b""
    while True:
        message = await receive()
        whole += message.get("body", b"")
        if not message.get("more_body"):
            return whole


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _json(send: Send, status: int, document: Any, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    named = [(b"content-type", b"application/json"), (b"request-id", b"req_pretend"), *(headers or [])]
    await _send(send, status, json.dumps(document).encode(), named)


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret-key", default="sk_test_pretend")
    secret_key: str = parser.parse_args().secret_key
    serve(lambda url: PretendStripe(url, secret_key))


if __name__ == "__main__":
    main()
