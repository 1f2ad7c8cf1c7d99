"""The App Store as tests need it: `python -m tests.peers.apple`. Buying, the Server API, notifications, OCSP.

`/_control/…` is the hand of the test: what a buyer does in the app, what Apple does, and how the store misbehaves.
"""

import asyncio
import random
import uuid
from typing import Any

import httpx2
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from litestar import Litestar, Request, Response, get, post, put
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody

from tests.peers import apple_links
from tests.peers.apple_account import APP_ID, BUNDLE_ID, ISSUER_ID, KEY_ID, milliseconds
from tests.peers.apple_signing import Authority
from tests.peers.serving import serve

PAGE = 20  # notifications
SEND_ATTEMPTS, SEND_PAUSE_S = 6, 0.05
CONSUMPTION_FIELDS = {"customerConsented": bool, "sampleContentProvided": bool, "deliveryStatus": str,
                      "consumptionPercentage": int, "refundPreference": str}  # fmt: skip
DELIVERY = {"DELIVERED", "UNDELIVERED_QUALITY_ISSUE", "UNDELIVERED_WRONG_ITEM", "UNDELIVERED_SERVER_OUTAGE",
            "UNDELIVERED_OTHER"}  # fmt: skip
PREFERENCE = {"DECLINE", "GRANT_FULL", "GRANT_PRORATED"}


class Refusal(HTTPException):
    """An error of the Server API."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status_code=status, detail=message)
        self.code = code


class Store:
    """All the store knows."""

    def __init__(self, url: str) -> None:
        self.authority = Authority("Pretend Apple", f"{url}/ocsp")
        self.api_key = ec.generate_private_key(ec.SECP256R1())
        self.transactions: dict[str, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.asked_consumption: set[str] = set()
        self.consumption: dict[str, dict[str, Any]] = {}
        self.finished: list[str] = []
        self.calls: list[str] = []
        self.webhook_url = ""
        self.failures: dict[str, int] = {"count": 0, "status": 500}
        self.lose_answers = 0
        self.links = apple_links.Links()
        self._signed_at = 0
        self._next = 2_000_000_000_000_000 + random.SystemRandom().randrange(10**12)

    def buy(self, **changed: Any) -> dict[str, Any]:
        """A transaction of a consumable; fields set to None are left out."""
        self._next += 1
        now = milliseconds()
        transaction: dict[str, Any] = {
            "transactionId": str(self._next), "originalTransactionId": str(self._next), "bundleId": BUNDLE_ID,
            "productId": "coins.70", "purchaseDate": now, "originalPurchaseDate": now, "quantity": 1,
            "type": "Consumable", "inAppOwnershipType": "PURCHASED", "signedDate": now, "environment": "Production",
            "transactionReason": "PURCHASE", "storefront": "USA", "storefrontId": "143441", "price": 990,
            "currency": "USD", "appTransactionId": "704289572311513293",
        }  # fmt: skip
        transaction = {name: value for name, value in (transaction | changed).items() if value is not None}
        self.transactions[transaction["transactionId"]] = transaction
        return transaction

    def signed(self, transaction: dict[str, Any]) -> str:
        return self.authority.sign(transaction | {"signedDate": self.signing_date()})

    def signing_date(self) -> int:
        """Now, but for each signature a millisecond of its own: by this receivers know what is newer."""
        self._signed_at = max(milliseconds(), self._signed_at + 1)
        return self._signed_at

    def note(self, transaction_id: str, kind: str, changed: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        """A notification about a transaction as it is now."""
        transaction = self.transactions[transaction_id]
        if kind == "CONSUMPTION_REQUEST":
            self.asked_consumption.add(transaction_id)
            data = {"consumptionRequestReason": "UNINTENDED_PURCHASE"} | data
        about = {"appAppleId": APP_ID, "bundleId": BUNDLE_ID, "environment": transaction["environment"],
                 "signedTransactionInfo": self.signed(transaction)} | data  # fmt: skip
        return self.notify({"notificationType": kind, "data": about} | changed)

    def notify(self, told: dict[str, Any]) -> dict[str, Any]:
        """A notification that says this, to be sent later."""
        payload = {"notificationUUID": str(uuid.uuid4()), "version": "2.0", "signedDate": self.signing_date()} | told
        note = {"payload": payload, "signedPayload": self.authority.sign(payload), "attempts": []}
        self.notifications.append(note)
        return note

    async def send(self, note: dict[str, Any], client: httpx2.AsyncClient) -> list[int]:
        """Bring a notification until it is taken; the statuses that were answered."""
        statuses: list[int] = []
        for _ in range(SEND_ATTEMPTS):
            answer = await client.post(self.webhook_url, json={"signedPayload": note["signedPayload"]})
            statuses.append(answer.status_code)
            if answer.is_success:
                break
            await asyncio.sleep(SEND_PAUSE_S)
        note["attempts"] += statuses
        return statuses

    async def expect_caller(self, request: Request[Any, Any, Any]) -> None:
        """Whoever calls the Server API signs a token with the key of the account."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, self.api_key.public_key(), ["ES256"], audience="appstoreconnect-v1",
                                options={"require": ["exp", "iss", "aud"]})  # fmt: skip
            known = (jwt.get_unverified_header(token)["kid"], claims["iss"], claims["bid"])
        except (jwt.PyJWTError, KeyError):
            known = None
        if known != (KEY_ID, ISSUER_ID, BUNDLE_ID):
            raise HTTPException(status_code=401, detail="Unauthenticated")
        self.calls.append(f"{request.method} {request.url.path}")
        if self.failures["count"] > 0:
            self.failures["count"] -= 1
            raise Refusal(self.failures["status"], 5000001, "An unknown error occurred. Please try again.")

    def lose_answer(self) -> None:
        """The work is done, and whoever asked does not hear of it."""
        if self.lose_answers > 0:
            self.lose_answers -= 1
            raise Refusal(500, 5000000, "An unknown error occurred.")

    def known(self, transaction_id: str) -> dict[str, Any]:
        if transaction_id not in self.transactions:
            raise Refusal(404, 4040010, "Transaction id not found.")
        return self.transactions[transaction_id]


# The Server API


@get("/inApps/v1/transactions/{transaction_id:str}")
async def get_transaction(transaction_id: FromPath[str], request: Request[Any, Any, Any]) -> dict[str, Any]:
    store: Store = request.app.state.store
    await store.expect_caller(request)
    return {"signedTransactionInfo": store.signed(store.known(transaction_id))}


@post("/inApps/v1/transactions/{transaction_id:str}/finish", status_code=202)
async def finish(transaction_id: FromPath[str], request: Request[Any, Any, Any]) -> None:
    store: Store = request.app.state.store
    await store.expect_caller(request)
    store.known(transaction_id)
    store.finished.append(transaction_id)
    store.lose_answer()


@post("/inApps/v1/notifications/history", status_code=200)
async def history(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    store: Store = request.app.state.store
    await store.expect_caller(request)
    if set(data) - {"startDate", "endDate", "notificationType", "transactionId", "onlyFailures"}:
        raise Refusal(400, 4000000, "Bad request.")
    if not data["startDate"] < data["endDate"]:
        raise Refusal(400, 4000013, "Start date after end date.")
    found = [n for n in store.notifications if data["startDate"] <= n["payload"]["signedDate"] < data["endDate"]]
    start = int(request.query_params.get("paginationToken", "0"))
    page, more = found[start : start + PAGE], len(found) > start + PAGE
    answer: dict[str, Any] = {
        "hasMore": more,
        "notificationHistory": [{"signedPayload": note["signedPayload"], "sendAttempts": []} for note in page],
    }
    return answer | ({"paginationToken": str(start + PAGE)} if more else {})


@put("/inApps/v2/transactions/consumption/{transaction_id:str}", status_code=202)
async def consumption(
    transaction_id: FromPath[str], request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]
) -> None:
    store: Store = request.app.state.store
    await store.expect_caller(request)
    store.known(transaction_id)
    good = set(data) <= set(CONSUMPTION_FIELDS) and all(type(data[n]) is CONSUMPTION_FIELDS[n] for n in data)
    good = good and data.get("customerConsented") is True and "sampleContentProvided" in data
    good = good and data.get("deliveryStatus") in DELIVERY and data.get("refundPreference", "DECLINE") in PREFERENCE
    if not good or not 0 <= data.get("consumptionPercentage", 0) <= 100_000:
        raise Refusal(400, 4000000, "Bad request.")
    if transaction_id not in store.asked_consumption:
        raise Refusal(400, 4000047, "There is no request for consumption information.")
    store.consumption[transaction_id] = data
    store.lose_answer()


@post("/ocsp", status_code=200)
async def ocsp(request: Request[Any, Any, Any]) -> Response[bytes]:
    store: Store = request.app.state.store
    return Response(store.authority.ocsp_answer(await request.body()), media_type="application/ocsp-response")


# The hand of the test


@get("/_control/account")
async def account(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What an operator would find in App Store Connect, and the root certificate as hexadecimal digits."""
    store: Store = request.app.state.store
    key = store.api_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"bundle_id": BUNDLE_ID, "app_id": APP_ID, "key_id": KEY_ID, "issuer_id": ISSUER_ID,
            "private_key": key.decode(), "root": store.authority.root.der.hex()}  # fmt: skip


@get("/_control/seen")
async def seen(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the store was told."""
    store: Store = request.app.state.store
    return {"consumption": store.consumption, "finished": store.finished, "calls": store.calls}


@post("/_control/settings")
async def settings(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> None:
    """`webhook_url`; `fail_next` calls with `fail_status`; `lose_answers` of the next calls; `revoked` certificates."""
    store: Store = request.app.state.store
    store.webhook_url = data.get("webhook_url", store.webhook_url)
    store.failures = {"count": data.get("fail_next", 0), "status": data.get("fail_status", 500)}
    store.lose_answers = data.get("lose_answers", 0)
    store.authority.revoked = data.get("revoked", False)


@post("/_control/buy")
async def buy(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """What a buyer does in the app. `forge`: the way a forger signs instead, of a transaction the store never had."""
    store: Store = request.app.state.store
    forge = data.pop("forge", None)
    transaction = store.buy(**data)
    if forge:
        del store.transactions[transaction["transactionId"]]
        return {"transaction": transaction, "signed": store.authority.forge(transaction, forge)}
    return {"transaction": transaction, "signed": store.authority.sign(transaction)}


@post("/_control/app")
async def app_transaction(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """The signed app transaction of somebody's Apple account. `forge`: the way a forger signs it."""
    store: Store = request.app.state.store
    forge = data.pop("forge", None)
    told = {
        "receiptType": "Production",
        "appAppleId": APP_ID,
        "bundleId": BUNDLE_ID,
        "receiptCreationDate": milliseconds(),
        "appTransactionId": str(random.SystemRandom().randrange(10**17, 10**18)),
    } | data
    return {
        "account": told["appTransactionId"],
        "signed": store.authority.forge(told, forge) if forge else store.authority.sign(told),
    }


@post("/_control/rescind")
async def rescind(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """A guardian takes back their consent: the notification, to be sent later. `forge`: the way a forger signs it."""
    store: Store = request.app.state.store
    about = {"appAppleId": APP_ID, "bundleId": BUNDLE_ID, "environment": "Production",
             "signedAppTransactionInfo": data["signed"]}  # fmt: skip
    told = {"notificationType": "RESCIND_CONSENT", "appData": about | data.get("changed", {})}
    note = store.notify(told | ({"signedDate": data["at"]} if "at" in data else {}))
    if way := data.get("forge"):
        store.notifications.remove(note)
        note |= {"signedPayload": store.authority.forge(note["payload"], way)}
    return note


@post("/_control/refund")
async def refund(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> None:
    """Apple gives back `percentage` thousandths of a percent of a transaction in all; without it, everything."""
    transaction = request.app.state.store.known(data["transaction_id"])
    percentage = data.get("percentage")
    kind = "REFUND_FULL" if percentage is None else "REFUND_PRORATED"
    transaction |= {"revocationDate": milliseconds(), "revocationReason": 0, "revocationType": kind}
    transaction["revocationPercentage"] = 100_000 if percentage is None else percentage


@post("/_control/change")
async def change(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> None:
    """What Apple says of a transaction from now on."""
    request.app.state.store.known(data.pop("transaction_id")).update(data)


@post("/_control/reverse_refund")
async def reverse_refund(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> None:
    """Apple takes a refund back: nothing of it stays in the transaction."""
    transaction = request.app.state.store.known(data["transaction_id"])
    for name in ("revocationDate", "revocationReason", "revocationType", "revocationPercentage"):
        transaction.pop(name, None)


@post("/_control/note")
async def note(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """Write a notification, to be sent later. `changed`, `data`: fields that are otherwise than they should be;
    `forge`: the way a forger signs it."""
    store: Store = request.app.state.store
    made = store.note(data["transaction_id"], data["kind"], data.get("changed", {}), data.get("data", {}))
    if way := data.get("forge"):
        store.notifications.remove(made)
        made |= {"signedPayload": store.authority.forge(made["payload"], way)}
    return made


@post("/_control/send")
async def send(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> list[list[int]]:
    """Bring notifications in the order given, or all at once; `copies` of each."""
    store: Store = request.app.state.store
    notes = [note for note in data["notes"] for _ in range(data.get("copies", 1))]
    async with httpx2.AsyncClient(verify=False, timeout=30) as client:
        if data.get("at_once"):
            return list(await asyncio.gather(*(store.send(note, client) for note in notes)))
        return [await store.send(note, client) for note in notes]


def answer_refusal(_: Request[Any, Any, Any], error: Refusal) -> Response[dict[str, Any]]:
    # Apple's own client reads the message only when the type is exactly this.
    body = {"errorCode": error.code, "errorMessage": error.detail}
    return Response(body, status_code=error.status_code, headers={"content-type": "application/json"})


def create_app(url: str) -> Litestar:
    handlers = [get_transaction, finish, history, consumption, ocsp, account, seen, settings, buy, app_transaction,
                rescind, refund, change, reverse_refund, note, send, *apple_links.HANDLERS]  # fmt: skip
    app = Litestar(handlers, exception_handlers={Refusal: answer_refusal}, openapi_config=None, logging_config=None)
    app.state.store = Store(url)
    return app


if __name__ == "__main__":
    serve(create_app, log_level="warning")
