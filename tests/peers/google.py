"""A pretended Google Play with its Pub/Sub: `python -m tests.peers.google`. Imports nothing of Plaudit."""

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import httpx2

from tests.peers.google_discovery import Refused, check_answer, read_call
from tests.peers.google_identity import INTEGRITY, PUSHER, Identity
from tests.peers.google_integrity import Integrity
from tests.peers.google_store import PACKAGE, Store
from tests.peers.serving import serve

_BYTES_MAX = 1_000_000
_API = "/androidpublisher/"
_DECODE = ":decodeIntegrityToken"


class Google:
    """The ASGI application: token endpoint, certificates, API, and the test's own ways in under `/_control/`."""

    def __init__(self, url: str) -> None:
        self.identity = Identity(url)
        self.store = Store()
        self.integrity = Integrity()
        self.calls: Counter[str] = Counter()
        self.failures: list[dict[str, Any]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body") or len(body) > _BYTES_MAX:
                break
        status, document = await self._answer(scope, body)
        content = b"" if document is None else json.dumps(document).encode()
        headers = [(b"content-type", b"application/json; charset=UTF-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: dict[str, Any], body: bytes) -> tuple[int, Any]:
        path, verb = scope["raw_path"].decode(), scope["method"]
        try:
            if path == "/token" and verb == "POST":
                self._fail("token", done=False)
                return 200, self.identity.grant(body)
            if path == "/oauth2/v1/certs" and verb == "GET":
                self._fail("certs", done=False)
                return 200, self.identity.certificates()
            if path.startswith(_API) or path.endswith(_DECODE):
                called = self._decode if path.endswith(_DECODE) else self._call
                return 200, called(scope, verb, path, body)
            if path.startswith("/_control/"):
                return 200, await self._control(path.removeprefix("/_control/"), json.loads(body or b"{}"))
        except Refused as refused:
            return refused.status, refused.document
        return 404, Refused(404, "Not Found").document

    def _call(self, scope: dict[str, Any], verb: str, path: str, body: bytes) -> Any:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.identity.admit(headers.get("authorization", ""))
        call = read_call(verb, path, scope["query_string"].decode(), body)
        self.calls[call.method] += 1
        self._fail(call.method, done=False)
        answer = self.store.answer(call)
        check_answer(call.method, answer)
        self._fail(call.method, done=True)
        return answer

    def _decode(self, scope: dict[str, Any], verb: str, path: str, body: bytes) -> Any:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.identity.admit(headers.get("authorization", ""), INTEGRITY)
        self.calls["decode"] += 1
        self._fail("decode", done=False)
        return self.integrity.decode(verb, path, body)

    def _fail(self, method: str, *, done: bool) -> None:
        """Refuse, when the test asked for that, before the work or after it (then only the answer is lost)."""
        for failure in self.failures:
            if failure["method"] == method and failure.get("done", False) == done and failure["times"] > 0:
                failure["times"] -= 1
                raise Refused(failure.get("status", 503), "Backend Error", failure.get("reason", "backendError"))

    async def _control(self, name: str, asked: dict[str, Any]) -> Any:
        store, identity = self.store, self.identity
        if name == "deliver":
            return await self._deliver(**asked)
        controls: dict[str, Callable[[], Any]] = {
            "account": lambda: {"package": PACKAGE, "push_email": PUSHER, "key": identity.account_file()},
            "integrity": lambda: {"token": self.integrity.mint(**asked)},
            "buy": lambda: asdict(store.buy(asked)),
            "complete": lambda: asdict(store.complete(**asked)),
            "cancel": lambda: asdict(store.cancel(**asked)),
            "void": lambda: asdict(store.void(**asked)),
            "dispute": lambda: {"pending_refund_token": store.dispute(**asked)},
            "purchase": lambda: asdict(store.of_token(asked["token"])),
            "open-link": lambda: {"token": store.links.open()},
            "transactions": lambda: list(store.links.transactions.values()),
            "forget": lambda: store.forget(**asked),
            "end-of-days": lambda: store.end_of_days(**asked),
            "fail": lambda: self.failures.append(asked),
            "heal": self.failures.clear,
            "calls": lambda: dict(self.calls) | {"token": identity.tokens_given, "certs": identity.certificates_given},
            "forget-tokens": identity.forget_tokens,
            "change-push-key": identity.change_push_key,
            "tell-test": store.tell_test,
            "messages": lambda: self._messages(**asked),
        }
        if name not in controls:
            raise Refused(404, f"no control {name}")
        return controls[name]()

    def _messages(self, audience: str, forged: str = "") -> list[dict[str, Any]]:
        """Takes what waits to be pushed, signed, for a test that brings it itself."""
        told, self.store.told = self.store.told, []
        return [self._message(entry, audience, forged) for entry in told]

    def _message(self, entry: dict[str, Any], audience: str, forged: str = "") -> dict[str, Any]:
        """A push as Pub/Sub sends it."""
        data = base64.b64encode(json.dumps(entry["notification"]).encode()).decode()
        message = {"data": data, "messageId": entry["id"], "message_id": entry["id"], "attributes": {}}
        return {
            "headers": {
                "authorization": f"Bearer {self.identity.push_token(audience, forged)}",
                "content-type": "application/json",
            },
            "body": json.dumps({"message": message, "subscription": "projects/example-app/subscriptions/play"}),
        }

    async def _deliver(
        self, url: str, *, copies: int = 1, order: str = "as it was", attempts: int = 5, forged: str = ""
    ) -> list[int]:
        """Push all that waits, again until it is taken; the statuses that came back."""
        told, self.store.told = self.store.told, []
        sending = [entry for entry in told for _ in range(copies)]
        if order == "reversed":
            sending.reverse()
        elif order == "shuffled":
            random.Random(1).shuffle(sending)
        statuses = []
        async with httpx2.AsyncClient(verify=False, timeout=10) as client:
            for entry in sending:
                for attempt in range(attempts):
                    message = self._message(entry, audience=url, forged=forged)
                    answer = await client.post(url, headers=message["headers"], content=message["body"])
                    statuses.append(answer.status_code)
                    if answer.is_success:
                        break
                    await asyncio.sleep(0.1 * 2**attempt)
        return statuses


if __name__ == "__main__":
    serve(Google, log_level="warning", lifespan="off")
