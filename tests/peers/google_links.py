"""External transactions at the pretended Google Play: what was sold on the web by way of links out of the app."""

import re
import secrets
from typing import Any

from tests.peers.google_discovery import Call, Refused

_ID = re.compile(r"[A-Za-z0-9_-]{1,63}")


class Links:
    """The tokens the app was given, and what was reported of them."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.regions = {"DE", "GB"}
        self.transactions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, list[str]] = {}

    def open(self) -> str:
        """Somebody follows a link; the token the app is given."""
        token = secrets.token_urlsafe(120)
        self.tokens.add(token)
        return token

    def create(self, call: Call) -> dict[str, Any]:
        """Raises Refused: the id is used, the token unknown, or the country not one of the programme's."""
        name, body = call.values.get("externalTransactionId", ""), call.body
        if not _ID.fullmatch(name):
            raise Refused(400, "externalTransactionId is not valid")
        for required in ("originalPreTaxAmount", "originalTaxAmount", "transactionTime", "userTaxAddress"):
            if required not in body:
                raise Refused(400, f"{required} is required")
        if name in self.transactions:
            raise Refused(409, "The external transaction already exists.", "alreadyExists")
        if body.get("oneTimeTransaction", {}).get("externalTransactionToken") not in self.tokens:
            raise Refused(400, "The external transaction token is not valid.", "invalidToken")
        if body["userTaxAddress"]["regionCode"] not in self.regions:
            raise Refused(400, "The user's country is not eligible.", "countryNotEligible")
        self.transactions[name] = body | {
            "externalTransactionId": name,
            "transactionState": "TRANSACTION_REPORTED",
            "currentPreTaxAmount": dict(body["originalPreTaxAmount"]),
        }
        self.refunds[name] = []
        return self.transactions[name]

    def get(self, call: Call) -> dict[str, Any]:
        name = call.values["externalTransaction"]
        if name not in self.transactions:
            raise Refused(404, "The external transaction was not found.", "notFound")
        return self.transactions[name]

    def refund(self, call: Call) -> dict[str, Any]:
        """Raises Refused: an id of before, or not less than is left."""
        found, body = self.get(call), call.body
        if "refundTime" not in body or ("fullRefund" in body) == ("partialRefund" in body):
            raise Refused(400, "refundTime and one kind of refund are required")
        left = int(found["currentPreTaxAmount"]["priceMicros"])
        part = body.get("partialRefund")
        taken = left if part is None else int(part["refundPreTaxAmount"]["priceMicros"])
        refund_id = "all" if part is None else part["refundId"]
        done = self.refunds[found["externalTransactionId"]]
        if refund_id in done or left == 0 or (part is not None and not 0 < taken < left):
            raise Refused(400, "The transaction cannot be refunded by this.", "invalidRefund")
        done.append(refund_id)
        found["currentPreTaxAmount"] = found["currentPreTaxAmount"] | {"priceMicros": str(left - taken)}
        if left == taken:
            found["transactionState"] = "TRANSACTION_CANCELED"
        return found
