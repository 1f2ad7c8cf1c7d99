"""PayPal Payouts, as much of it as a payer of creators meets: `python -m tests.peers.paypal_payouts`.

OAuth, batches of payouts, items that are claimed, returned or cancelled, signed webhooks with their certificates, and
under /_control what makes it misbehave.
"""

import json
import re
import secrets
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from tests.peers.paypal_certificates import SigningDesk
from tests.peers.serving import serve

CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID = "payouts-client", "payouts-secret", "9XH12345AB678901C"
STATUSES = frozenset(
    {"SUCCESS", "FAILED", "PENDING", "UNCLAIMED", "RETURNED", "ONHOLD", "BLOCKED", "REFUNDED", "REVERSED"}
)
EVENTS = {
    "SUCCESS": "SUCCEEDED", "FAILED": "FAILED", "PENDING": "PENDING", "UNCLAIMED": "UNCLAIMED", "RETURNED": "RETURNED",
    "ONHOLD": "HELD", "BLOCKED": "BLOCKED", "REFUNDED": "REFUNDED", "REVERSED": "REFUNDED",
}  # fmt: skip
Object = dict[str, Any]


class Refused(Exception):
    """An error of the API, in the shape in which PayPal answers it."""

    def __init__(self, status: int, name: str, **detail: Any) -> None:
        super().__init__(name)
        self.status = status
        self.body = {
            "name": name, "message": name.lower(), "debug_id": secrets.token_hex(6), "links": [],
            "details": [detail] if detail else [],
        }  # fmt: skip


class Payouts:
    """One payer's PayPal, an ASGI application."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.desk = SigningDesk()
        self.reset()

    def reset(self) -> None:
        """A payer who paid nobody yet."""
        self.tokens: set[str] = set()
        self.batches: dict[str, Object] = {}
        self.by_sender: dict[str, str] = {}
        self.events: list[Object] = []
        self.faults: list[Object] = []
        self.balance = 10**9
        self.number = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        method, path = scope["method"], scope["path"]
        fault = {} if path.startswith("/_control/") else self._fault(method, path)
        if fault.get("status"):
            await _answer(send, fault["status"], {"name": "INTERNAL_SERVER_ERROR", "details": []})
            return
        try:
            status, document = self._handle(method, path, headers, body)
        except Refused as refused:
            status, document = refused.status, refused.body
        if fault.get("lost"):
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b"{"})
            return
        await _answer(send, status, document)

    def _fault(self, method: str, path: str) -> Object:
        for fault in self.faults:
            if fault["method"] == method and path.startswith(fault["path"]):
                self.faults.remove(fault)
                return fault
        return {}

    def _handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path.startswith("/_control/"):
            return 200, self._control(path.removeprefix("/_control/"), json.loads(body or b"{}"))
        if found := re.fullmatch(r"/v1/notifications/certs/CERT-(\w+)", path):
            return 200, self.desk.certificates[found.group(1)]
        if path == "/v1/oauth2/token":
            return 200, self._token(headers, body)
        return self._rest(method, path, headers, body)

    def _rest(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"error": "invalid_token"}
        match (method, path.strip("/").split("/")[2:]):
            case "POST", ["payouts"]:
                return 201, self._create(json.loads(body))
            case "GET", ["payouts", batch_id]:
                return 200, self._batch(batch_id)
            case "GET", ["payouts-item", item_id]:
                return 200, _shown(self._item(item_id))
            case "POST", ["payouts-item", item_id, "cancel"]:
                return 200, self._cancel(item_id)
        raise Refused(404, "RESOURCE_NOT_FOUND")

    def _token(self, headers: dict[str, str], body: bytes) -> Object:
        _, _, credentials = headers.get("authorization", "").partition(" ")
        if b64decode(credentials).decode() != f"{CLIENT_ID}:{CLIENT_SECRET}":
            raise Refused(401, "invalid_client")
        if parse_qs(body.decode()) != {"grant_type": ["client_credentials"]}:
            raise Refused(400, "unsupported_grant_type")
        token = f"A21AA{secrets.token_urlsafe(30)}"
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 32_400}

    def _create(self, asked: Object) -> Object:
        """A batch, once per id of its sender; it is answered before it is worked on, without its items."""
        header, items = asked["sender_batch_header"], asked["items"]
        _strict(asked, {"sender_batch_header", "items"})
        _strict(header, {"sender_batch_id", "email_subject", "email_message"})
        if known := self.by_sender.get(header["sender_batch_id"]):
            link = {"href": f"{self.origin}/v1/payments/payouts/{known}", "rel": "self", "method": "GET"}
            issue = "Batch with given sender_batch_id already exists"
            raise Refused(
                400, "USER_BUSINESS_ERROR", field="SENDER_BATCH_ID", location="body", issue=issue, link=[link]
            )
        for at, item in enumerate(items):
            self._check_item(at, item)
        total = sum(_minor(item["amount"]["value"]) for item in items)
        if total > self.balance:
            raise Refused(422, "INSUFFICIENT_FUNDS")
        self.balance -= total
        batch_id = self._id("B")
        self.by_sender[header["sender_batch_id"]] = batch_id
        batch_header = {"payout_batch_id": batch_id, "batch_status": "PENDING", "sender_batch_header": header}
        made = [
            {
                "payout_item_id": self._id("I"), "payout_batch_id": batch_id, "transaction_status": "PENDING",
                "payout_item": item, "time_processed": _now(),
            }
            for item in items
        ]  # fmt: skip
        self.batches[batch_id] = {"batch_header": batch_header, "items": made}
        return {"batch_header": batch_header, "links": []}

    def _check_item(self, at: int, item: Object) -> None:
        _strict(item, {"recipient_type", "amount", "receiver", "sender_item_id", "note"})
        _strict(item["amount"], {"value", "currency"})
        if not re.fullmatch(r"\d+(\.\d{2})?", item["amount"]["value"]):
            raise Refused(400, "VALIDATION_ERROR", field=f"items[{at}].amount.value", issue="Amount is invalid")
        fits = "@" in item["receiver"] if item["recipient_type"] == "EMAIL" else len(item["receiver"]) == 13
        if not fits or "invalid" in item["receiver"]:
            issue = "Receiver is invalid or does not match with type"
            raise Refused(400, "VALIDATION_ERROR", field=f"items[{at}].receiver", location="body", issue=issue)

    def _batch(self, batch_id: str) -> Object:
        if batch_id not in self.batches:
            raise Refused(404, "RESOURCE_NOT_FOUND")
        return self.batches[batch_id]

    def _item(self, item_id: str) -> Object:
        for batch in self.batches.values():
            for item in batch["items"]:
                if item["payout_item_id"] == item_id:
                    found: Object = item
                    return found
        raise Refused(404, "RESOURCE_NOT_FOUND")

    def _cancel(self, item_id: str) -> Object:
        item = self._item(item_id)
        if item["transaction_status"] != "UNCLAIMED":
            raise Refused(400, "ITEM_ALREADY_COMPLETED" if item["transaction_status"] == "SUCCESS" else "ITEM_CANCELED")
        return _shown(self._set(item, "RETURNED"))

    def _set(self, item: Object, status: str, error: str | None = None) -> Object:
        assert status in STATUSES
        before = item["transaction_status"]
        item |= {"transaction_status": status, "time_processed": _now()}
        if error:
            item["errors"] = {"name": error, "message": error.lower()}
        self.batches[item["payout_batch_id"]]["batch_header"]["batch_status"] = "SUCCESS"
        if status in {"FAILED", "RETURNED", "BLOCKED", "REFUNDED", "REVERSED"} and status != before:
            self.balance += _minor(item["payout_item"]["amount"]["value"])
        self.events.append(
            {
                "id": f"WH-{self._id('E')}", "event_version": "1.0", "create_time": _now(),
                "resource_type": "payouts_item", "event_type": f"PAYMENT.PAYOUTS-ITEM.{EVENTS[status]}",
                "resource": json.loads(json.dumps(item)),
            }
        )  # fmt: skip
        return item

    def _deny(self, batch_id: str) -> None:
        self._batch(batch_id)["batch_header"]["batch_status"] = "DENIED"

    def _move(self, sender_item_id: str, status: str, error: str | None = None) -> Object:
        """What becomes of the item of a payout."""
        return _shown(self._set(self._of_sender(sender_item_id), status, error))

    def _of_sender(self, sender_item_id: str) -> Object:
        every = [item for batch in self.batches.values() for item in batch["items"]]
        (found,) = [item for item in every if item["payout_item"]["sender_item_id"] == sender_item_id]
        assert isinstance(found, dict)
        return found

    def _control(self, name: str, asked: Object) -> Any:
        """What only tests may do: by name, with a JSON object of arguments."""
        acts: dict[str, Callable[..., Any]] = {
            "reset": self.reset,
            "root.pem": self.desk.root_pem.decode,
            "fault": lambda **fault: self.faults.append(fault),
            "fund": lambda minor: setattr(self, "balance", minor),
            "items": lambda: [item for batch in self.batches.values() for item in batch["items"]],
            "move": self._move,
            "deny": self._deny,
            "forget-batch-ids": self.by_sender.clear,
            "events": lambda: self.events,
            "sign": lambda body, **how: self._sign(body.encode(), **how),
        }
        answer = acts[name](**asked)
        return {} if answer is None else answer

    def _sign(self, body: bytes, certificate: str = "genuine", webhook_id: str = WEBHOOK_ID) -> dict[str, str]:
        return self.desk.headers(
            body, transmission_id=self._id("T"), webhook_id=webhook_id, origin=self.origin, certificate=certificate
        )

    def _id(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number:04}{secrets.token_hex(4).upper()}"


def _shown(item: Object) -> Object:
    return dict(item)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _minor(value: str) -> int:
    whole, _, part = value.partition(".")
    return int(whole) * 100 + int(part or 0)


def _strict(given: Object, known: set[str]) -> None:
    if unknown := given.keys() - known:
        raise Refused(400, "VALIDATION_ERROR", field=sorted(unknown)[0], issue="Unknown field")


async def _answer(send: Any, status: int, document: Any) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(Payouts, log_level="critical")
