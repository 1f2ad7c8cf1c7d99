"""What the pretended Google Play knows: purchases, orders, what was given back, and what it tells of them."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.peers.google_discovery import Call, Refused
from tests.peers.google_links import Links

PACKAGE = "com.example.live"
_DAY_S = 86_400
_CHARGEBACK = 7
_UNACKNOWLEDGED = 8


@dataclass
class Purchase:
    """A purchase and its order."""

    token: str
    order_id: str
    product_id: str
    quantity: int
    state: str
    at: float
    region: str
    total: dict[str, Any]
    tax: dict[str, Any] | None
    revenue: dict[str, Any] | None
    profile_id: str
    account_id: str
    is_test: bool
    consumed: bool = False
    refunded: int = 0
    parts: list[int] = field(default_factory=list)
    refunded_at: float = 0
    refund_reason: str = "OTHER"
    reviews: dict[str, dict[str, Any]] = field(default_factory=dict)


class Store:
    """The state. `told` are notifications that wait to be pushed."""

    def __init__(self) -> None:
        self.purchases: dict[str, Purchase] = {}
        self.voided: list[dict[str, Any]] = []
        self.links = Links()
        self.told: list[dict[str, Any]] = []

    # What buyers, Google and the developer's desk do

    def buy(self, asked: dict[str, Any]) -> Purchase:
        number = "".join(secrets.choice("0123456789") for _ in range(17))
        purchase = Purchase(
            token=asked.get("token") or secrets.token_hex(12) + ".AO-J1O" + secrets.token_urlsafe(60),
            order_id="" if asked.get("promotion") else f"GPA.{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}",
            product_id=asked["product_id"],
            quantity=asked.get("quantity", 1),
            state=asked.get("state", "PURCHASED"),
            at=asked.get("at", time.time()),
            region=asked.get("region", "US"),
            total=asked.get("total", {"currencyCode": "USD", "nanos": 990_000_000}),
            tax=asked.get("tax"),
            revenue=asked.get("revenue"),
            profile_id=asked.get("profile_id", ""),
            account_id=asked.get("account_id", ""),
            is_test=asked.get("test", False),
        )
        self.purchases[purchase.token] = purchase
        if purchase.state == "PURCHASED":
            self._tell_product(purchase, 1)
        return purchase

    def complete(self, token: str) -> Purchase:
        """A pending payment arrives."""
        purchase = self.of_token(token)
        purchase.state, purchase.at = "PURCHASED", time.time()
        self._tell_product(purchase, 1)
        return purchase

    def cancel(self, token: str) -> Purchase:
        """A pending payment never arrives."""
        purchase = self.of_token(token)
        purchase.state = "CANCELLED"
        self._tell_product(purchase, 2)
        return purchase

    def void(
        self, token: str, quantity: int | None = None, reason: int = 0, source: int = 0, *, unlisted: bool = False
    ) -> Purchase:
        """Units of a purchase are given back; all that are left unless a quantity says how many. `unlisted`: the list
        of voided purchases is behind."""
        purchase = self.of_token(token)
        left = purchase.quantity - purchase.refunded
        units = left if quantity is None else quantity
        if not 0 < units <= left:
            raise Refused(400, "more units than are left")
        purchase.refunded += units
        purchase.refunded_at = time.time()
        purchase.refund_reason = "CHARGEBACK" if reason == _CHARGEBACK else "OTHER"
        is_whole = purchase.refunded == purchase.quantity
        entry: dict[str, Any] = {
            "kind": "androidpublisher#voidedPurchase",
            "purchaseToken": token,
            "orderId": purchase.order_id,
            "purchaseTimeMillis": _millis(purchase.at),
            "voidedTimeMillis": _millis(purchase.refunded_at),
            "voidedReason": reason,
            "voidedSource": source,
        }
        if quantity is not None:
            purchase.parts.append(quantity)
            entry["voidedQuantity"] = quantity
        if not unlisted:
            self.voided.append(entry)
        self._tell(
            "voidedPurchaseNotification",
            {
                "purchaseToken": token,
                "orderId": purchase.order_id,
                "productType": 2,
                "refundType": 1 if is_whole else 2,
            },
        )
        return purchase

    def dispute(self, token: str) -> str:
        """The buyer's bank asks for the money back: the developer is asked before it is decided."""
        purchase = self.of_token(token)
        pending = secrets.token_urlsafe(40)
        purchase.reviews[pending] = {"at": time.time(), "calls": []}
        self._tell(
            "pendingRefundReviewNotification",
            {
                "version": "1.0",
                "pendingRefundToken": pending,
                "orderId": purchase.order_id,
                "refundReason": _CHARGEBACK,
            },
        )
        return pending

    def forget(self, token: str) -> None:
        """Google forgets old purchases."""
        del self.purchases[token]

    def end_of_days(self, after_s: float = 3 * _DAY_S) -> list[str]:
        """Gives back what was not acknowledged in time; the tokens."""
        late = [
            purchase.token
            for purchase in self.purchases.values()
            if purchase.state == "PURCHASED" and not purchase.consumed and time.time() - purchase.at >= after_s
        ]
        for token in late:
            self.void(token, reason=_UNACKNOWLEDGED, source=2)
        return late

    def tell_test(self) -> None:
        self._tell("testNotification", {"version": "1.0"})

    def _tell_product(self, purchase: Purchase, kind: int) -> None:
        about = {"notificationType": kind, "purchaseToken": purchase.token, "sku": purchase.product_id}
        self._tell("oneTimeProductNotification", {"version": "1.0"} | about)

    def _tell(self, name: str, about: dict[str, Any]) -> None:
        notification = {"version": "1.0", "packageName": PACKAGE, "eventTimeMillis": _millis(time.time()), name: about}
        self.told.append({"id": "".join(secrets.choice("0123456789") for _ in range(16)), "notification": notification})

    # The methods of the API

    def answer(self, call: Call) -> dict[str, Any] | None:
        """What a call answers, after it has done its work.

        Raises:
            Refused: as Google refuses.
        """
        if call.values["packageName"] != PACKAGE:
            raise Refused(404, "No application was found for the given package name.", "applicationNotFound")
        methods: dict[str, Callable[[Call], dict[str, Any] | None]] = {
            "purchases.productsv2.getproductpurchasev2": lambda call: _purchase_document(
                self.of_token(call.values["token"])
            ),
            "purchases.products.consume": self._consume,
            "purchases.voidedpurchases.list": self._list_voided,
            "orders.get": lambda call: _order_document(self._of_order(call.values["orderId"])),
            "orders.refund": self._refund,
            "orders.reviewrefund": self._review,
            "externaltransactions.createexternaltransaction": self.links.create,
            "externaltransactions.getexternaltransaction": self.links.get,
            "externaltransactions.refundexternaltransaction": self.links.refund,
        }
        if call.method not in methods:
            raise Refused(404, f"{call.method} is not played here", "notFound")
        return methods[call.method](call)

    def of_token(self, token: str) -> Purchase:
        purchase = self.purchases.get(token)
        if purchase is None:
            raise Refused(404, "The purchase token was not found.", "purchaseTokenNotFound")
        return purchase

    def _of_order(self, order_id: str) -> Purchase:
        for purchase in self.purchases.values():
            if purchase.order_id == order_id:
                return purchase
        raise Refused(404, "The order was not found.", "orderNotFound")

    def _consume(self, call: Call) -> None:
        purchase = self.of_token(call.values["token"])
        if purchase.product_id != call.values["productId"]:
            raise Refused(400, "The product ID provided does not match the purchase.", "productIdMismatch")
        if purchase.state != "PURCHASED" or purchase.consumed or purchase.refunded == purchase.quantity:
            raise Refused(400, "The product purchase is not owned by the user.", "productNotOwnedByUser")
        purchase.consumed = True

    def _refund(self, call: Call) -> None:
        purchase = self._of_order(call.values["orderId"])
        if purchase.state != "PURCHASED" or purchase.refunded == purchase.quantity:
            raise Refused(400, "The order cannot be refunded.", "orderNotRefundable")
        self.void(purchase.token, source=1)

    def _review(self, call: Call) -> None:
        purchase = self._of_order(call.values["orderId"])
        for name in ("pendingRefundToken", "refundPreference", "sampleContentProvided"):
            if name not in call.body:
                raise Refused(400, f"{name} is required")
        if not 0 <= call.body.get("consumptionPercentageMilliunits", 0) <= 100_000:
            raise Refused(400, "consumptionPercentageMilliunits is out of range")
        review = purchase.reviews.get(call.body["pendingRefundToken"])
        if review is None or time.time() - review["at"] > _DAY_S:
            raise Refused(400, "The pending refund token is not valid.", "invalidPendingRefundToken")
        review["calls"].append(call.body)  # only the first one counts

    def _list_voided(self, call: Call) -> dict[str, Any]:
        values, now = call.values, time.time() * 1000
        since = float(values.get("startTime", now - 30 * _DAY_S * 1000))
        until = float(values.get("endTime", now))
        if "token" not in values and (since < now - 30 * _DAY_S * 1000 or until > now + 1000):
            raise Refused(400, "Invalid time range.")
        length = min(int(values.get("maxResults", 1000)), 1000)
        start = int(values.get("token", "page-0").removeprefix("page-"))
        with_parts = values.get("includeQuantityBasedPartialRefund") == "true"
        found = [
            entry
            for entry in self.voided
            if since <= float(entry["voidedTimeMillis"]) <= until and (with_parts or "voidedQuantity" not in entry)
        ]
        page: dict[str, Any] = {"voidedPurchases": found[start : start + length]} if found[start:] else {}
        if len(found) > start + length:
            page["tokenPagination"] = {"nextPageToken": f"page-{start + length}"}
        return page


def _purchase_document(purchase: Purchase) -> dict[str, Any]:
    offer = {
        "quantity": purchase.quantity,
        "refundableQuantity": purchase.quantity - purchase.refunded,
        "consumptionState": f"CONSUMPTION_STATE_{'CONSUMED' if purchase.consumed else 'YET_TO_BE_CONSUMED'}",
    }
    is_whole = purchase.refunded == purchase.quantity
    document: dict[str, Any] = {
        "kind": "androidpublisher#productPurchaseV2",
        "productLineItem": [{"productId": purchase.product_id, "productOfferDetails": offer}],
        "purchaseStateContext": {"purchaseState": "CANCELLED" if is_whole else purchase.state},
        "regionCode": purchase.region,
        "acknowledgementState": f"ACKNOWLEDGEMENT_STATE_{'ACKNOWLEDGED' if purchase.consumed else 'PENDING'}",
    }
    if purchase.order_id and purchase.state != "PENDING":
        document["orderId"] = purchase.order_id
    if purchase.state == "PURCHASED":
        document["purchaseCompletionTime"] = _time(purchase.at)
    if purchase.profile_id:
        document["obfuscatedExternalProfileId"] = purchase.profile_id
    if purchase.account_id:
        document["obfuscatedExternalAccountId"] = purchase.account_id
    if purchase.is_test:
        document["testPurchaseContext"] = {"fopType": "TEST"}
    return document


def _order_document(purchase: Purchase) -> dict[str, Any]:
    is_whole = purchase.refunded == purchase.quantity
    states = {0: "PROCESSED", purchase.quantity: "REFUNDED"}
    document: dict[str, Any] = {
        "orderId": purchase.order_id,
        "purchaseToken": purchase.token,
        "state": states.get(purchase.refunded, "PARTIALLY_REFUNDED"),
        "createTime": _time(purchase.at),
        "total": purchase.total,
        "buyerAddress": {"buyerCountry": purchase.region},
        "lineItems": [{"productId": purchase.product_id, "oneTimePurchaseDetails": {"quantity": purchase.quantity}}],
        "orderHistory": {"processedEvent": {"eventTime": _time(purchase.at)}},
    }
    if purchase.tax:
        document["tax"] = purchase.tax
    if purchase.revenue:
        document["developerRevenueInBuyerCurrency"] = purchase.revenue
    if purchase.parts:
        document["orderHistory"]["partialRefundEvents"] = [
            {"state": "PROCESSED_SUCCESSFULLY", "refundDetails": {"total": _part(purchase, units)}}
            for units in purchase.parts
        ]
    if is_whole:
        document["orderHistory"]["refundEvent"] = {
            "eventTime": _time(purchase.refunded_at),
            "refundReason": purchase.refund_reason,
        }
    return document


def _part(purchase: Purchase, units: int) -> dict[str, Any]:
    """What so many units cost."""
    nanos = int(purchase.total.get("units", 0)) * 10**9 + purchase.total.get("nanos", 0)
    whole, rest = divmod(nanos * units // purchase.quantity // 10**7 * 10**7, 10**9)
    return {"currencyCode": purchase.total["currencyCode"], "units": str(whole), "nanos": rest}


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _millis(moment: float) -> str:
    return str(int(moment * 1000))
