"""A pretend Stripe Connect for tests: `python -m tests.peers.stripe_connect`. It keeps everything in memory.

Requests are held against Stripe's own description of its parameters (stripe_connect_api.json). Under `/_control` is
what makes it misbehave, and what creators, banks and time do.
"""

import argparse
import json
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.peers.serving import serve
from tests.peers.stripe_connect_books import PLATFORM, Books
from tests.peers.stripe_control import Faults
from tests.peers.stripe_messages import signed
from tests.peers.stripe_parameters import ParameterError, check, read_form
from tests.peers.stripe_store import Refusal, Stored

API_VERSION = "2026-10-28.endive"
DESCRIBED: dict[str, Any] = json.loads(Path(__file__).with_name("stripe_connect_api.json").read_text())
Answer = tuple[int, Any, list[tuple[bytes, bytes]]]


class Connect:
    """An ASGI application: the API and the control of tests."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.url, self.secret_key = url, secret_key
        self.reset()

    def reset(self) -> None:
        """A platform nobody has used yet."""
        self.events: list[Stored] = []
        self.books = Books(self._emit)
        self.faults = Faults()
        self.done: dict[str, tuple[Any, int, Any]] = {}

    def _emit(self, kind: str, about: Stored, account: str | None) -> None:
        event = {
            "id": f"evt_{secrets.token_hex(12)}", "object": "event", "api_version": API_VERSION, "type": kind,
            "created": int(time.time()), "data": {"object": json.loads(json.dumps(about))}, "livemode": False,
        }  # fmt: skip
        self.events.append(event | ({"account": account} if account else {}))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path, method = scope["path"], scope["method"]
        if path.startswith("/_control/"):
            await _answer(send, 200, self._control(path.removeprefix("/_control/"), json.loads(body or b"{}")), [])
            return
        fault = self.faults.take(method, path)
        if status := fault.get("status"):
            await _answer(send, status, {"error": {"type": "api_error", "message": "Something failed."}}, [])
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        text = scope["query_string"].decode() if method == "GET" else body.decode()
        answer = self._api(method, path, headers, read_form(text))
        if fault.get("lose_answer"):
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9999")]})
            return
        await _answer(send, *answer)

    def _api(self, method: str, path: str, headers: dict[str, str], given: Stored) -> Answer:
        """Once for an idempotency key within an account, failures of the work too, as Stripe does for a day."""
        account = headers.get("stripe-account", PLATFORM)
        key = headers.get("idempotency-key")
        asked = (method, path, account, given)
        try:
            if headers.get("authorization") != f"Bearer {self.secret_key}":
                raise Refusal(401, "", "Invalid API Key provided.")
            act = self._checked(method, path, account, given)
        except Refusal as refusal:
            return refusal.status, refusal.body, []
        except ParameterError as error:
            wrong = {"type": "invalid_request_error", "code": error.code, "param": error.name, "message": str(error)}
            return 400, {"error": wrong}, []
        if method == "POST" and key and (first := self.done.get(key)):
            if first[0] != asked:
                wrong = {"type": "idempotency_error", "message": "Keys are for the same parameters only."}
                return 400, {"error": wrong}, []
            return first[1], first[2], [(b"idempotent-replayed", b"true")]
        try:
            if account != PLATFORM:
                self.books.account(account)
            status, found = 200, json.loads(json.dumps(act()))
        except Refusal as refusal:
            status, found = refusal.status, refusal.body
        if method == "POST" and key:
            self.done[key] = asked, status, found
        return status, found, []

    def _checked(self, method: str, path: str, account: str, given: Stored) -> Callable[[], Any]:
        books = self.books
        routes: list[tuple[str, str, Callable[[str], Any]]] = [
            ("POST", "/v1/accounts", lambda _: books.create_account(given)),
            ("GET", "/v1/accounts/{account}", books.account),
            ("POST", "/v1/account_links", lambda _: books.link(given, self.url)),
            ("GET", "/v1/balance", lambda _: books.balance(account)),
            ("POST", "/v1/transfers", lambda _: books.transfer(given)),
            ("GET", "/v1/transfers", lambda _: self._page("transfer", given, "transfer_group")),
            ("POST", "/v1/transfers/{id}/reversals", lambda at: books.reverse(at, given)),
            ("POST", "/v1/payouts", lambda _: books.pay_out(account, given)),
            ("GET", "/v1/payouts", lambda _: self._page("payout", given | {"account": account}, "account")),
            ("POST", "/v1/payouts/{payout}/cancel", lambda at: books.cancel_payout(account, at)),
        ]
        for of, pattern, act in routes:
            found = re.fullmatch(re.sub(r"\{\w+\}", "([A-Za-z0-9_]+)", pattern), path)
            if of == method and found:
                described = DESCRIBED[f"{of} {pattern}"]
                check(described["known"], given)
                if missing := [name for name in described["required"] if name not in given]:
                    raise Refusal(400, "parameter_missing", f"Missing required param: {missing[0]}.", param=missing[0])
                at = found.group(1) if found.groups() else ""
                return lambda: act(at)
        raise Refusal(404, "", f"Unrecognized request URL ({method}: {path}).")

    def _page(self, kind: str, given: Stored, by: str) -> Stored:
        since = int(given.get("created", {}).get("gte", 0))
        found = [
            one for one in self.books.of_kind(kind) if one["created"] >= since and given.get(by, one[by]) == one[by]
        ]
        if after := given.get("starting_after"):
            found = found[[one["id"] for one in found].index(after) + 1 :]
        limit = int(given.get("limit", "10"))
        return {"object": "list", "url": "/v1/list", "has_more": len(found) > limit, "data": found[:limit]}

    def _control(self, name: str, asked: Stored) -> Any:
        """What only tests may do: by name, with a JSON object of arguments."""
        books = self.books
        acts: dict[str, Callable[..., Any]] = {
            "reset": self.reset,
            "fault": lambda **fault: self.faults.add(fault),
            "fund": lambda currency, amount: books.balances.__setitem__((PLATFORM, currency), amount),
            "balance": lambda currency, account=PLATFORM: books.balances[account, currency],
            "hold": lambda holds: setattr(books, "holds_transfers", holds),
            "release": books.release,
            "onboard": books.onboard,
            "move_account": books.move_account,
            "deauthorise": books.deauthorise,
            "move_payout": books.move_payout,
            "reverse": lambda transfer, **given: books.reverse(transfer, given),
            "forget_keys": self.done.clear,
            "all": lambda kind: books.of_kind(kind)[::-1],
            "messages": self._messages,
        }
        answer = acts[name](**asked)
        return {} if answer is None else answer

    def _messages(self, secret: str, since: int = 0, age_s: int = 0) -> list[Stored]:
        """All events from one on, signed now."""
        return [{"type": event["type"]} | signed(event, secret, age_s) for event in self.events[since:]]


async def _answer(send: Any, status: int, document: Any, headers: list[tuple[bytes, bytes]]) -> None:
    named = [(b"content-type", b"application/json"), (b"request-id", b"req_pretend"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": json.dumps(document).encode()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret-key", default="sk_test_connect")
    secret_key: str = parser.parse_args().secret_key
    serve(lambda url: Connect(url, secret_key))


if __name__ == "__main__":
    main()
