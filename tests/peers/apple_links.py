"""The External Purchase Server API of the pretended App Store: tokens of links out of the app, and reports of them."""

import base64
import json
import uuid
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.params import FromPath, JSONBody

from tests.peers.apple_account import APP_ID, BUNDLE_ID, milliseconds

_STATUSES = {"LINE_ITEM", "NO_LINE_ITEM", "UNRECOGNIZED_TOKEN", "DUPLICATE_TOKEN"}
_ITEM = {
    "lineItemId": str, "creationDate": int, "eventType": str, "productType": str, "productIdentifier": str,
    "quantity": int, "pricingCurrency": str, "reportingCurrency": str, "amountTaxInclusive": int,
    "amountTaxExclusive": int, "taxAmount": int, "netAmountTaxExclusive": int, "taxCountry": str,
}  # fmt: skip
_OPTIONAL = {"referenceLineItemId": str, "restatement": bool, "erroneouslySubmitted": bool}


class Links:
    """Tokens Apple made, by id, and reports by their identifiers."""

    def __init__(self) -> None:
        self.tokens: dict[str, dict[str, Any]] = {}
        self.reports: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}

    def open(self, **changed: Any) -> str:
        """Somebody follows a link; the token as the app hands it over."""
        token: dict[str, Any] = {"appAppleId": APP_ID, "bundleId": BUNDLE_ID, "tokenCreationDate": milliseconds(),
                 "externalPurchaseId": str(uuid.uuid4())} | changed  # fmt: skip
        self.tokens[token["externalPurchaseId"]] = token
        return base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")

    def take(self, report: dict[str, Any]) -> list[str]:
        """What is wrong with a report; nothing: it is kept."""
        if set(report) - {"requestIdentifier", "externalPurchaseId", "status", "lineItems"}:
            return ["unknown fields"]
        if report["requestIdentifier"] in self.reports:
            return ["duplicate request"]
        if report["externalPurchaseId"] not in self.tokens or report["status"] not in _STATUSES:
            return ["unknown token or status"]
        items = report.get("lineItems", [])
        if (report["status"] == "LINE_ITEM") != bool(items):
            return ["line items do not fit the status"]
        if wrong := [problem for item in items for problem in self._wrong(item)]:
            return wrong
        self.reports[report["requestIdentifier"]] = report
        self.items |= {item["lineItemId"]: item for item in items}
        return []

    def _wrong(self, item: dict[str, Any]) -> list[str]:
        """By the fields of a line item, and what it refers to."""
        found = [name for name, kind in _ITEM.items() if type(item.get(name)) is not kind]
        found += [name for name in set(item) - set(_ITEM) if type(item[name]) is not _OPTIONAL.get(name)]
        if found:
            return found
        bought = self.items.get(item.get("referenceLineItemId", ""))
        if (item["eventType"] == "REFUND") != (bought is not None):
            return ["referenceLineItemId"]
        if (item["lineItemId"] in self.items) != item.get("restatement", False):
            return ["lineItemId"]
        if item["amountTaxInclusive"] != item["amountTaxExclusive"] + item["taxAmount"]:
            return ["amountTaxInclusive"]
        most = (bought or item)["amountTaxExclusive"]
        return [] if 0 <= item["netAmountTaxExclusive"] <= most else ["netAmountTaxExclusive"]


@put("/externalPurchase/v1/reports", status_code=200)
async def send_report(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> Response[dict[str, Any]]:
    store = request.app.state.store
    await store.expect_caller(request)
    if wrong := store.links.take(data):
        errors = [{"errorCode": 400, "errorMessage": problem} for problem in wrong]
        return Response({"requestIdentifier": data["requestIdentifier"], "errors": errors}, status_code=400)
    store.lose_answer()
    return Response({"requestIdentifier": data["requestIdentifier"]})


@get("/externalPurchase/v1/reports/{request_id:str}")
async def get_report(request_id: FromPath[str], request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    store = request.app.state.store
    await store.expect_caller(request)
    if request_id not in store.links.reports:
        return Response({"errorCode": 4000000, "errorMessage": "Report not found."}, status_code=400)
    return Response(store.links.reports[request_id])


@post("/_control/open_link")
async def open_link(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    token = request.app.state.store.links.open(**data)
    return {"token": token}


@post("/_control/ask_of_link")
async def ask_of_link(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """The notification of a token Apple has heard nothing of."""
    store = request.app.state.store
    note: dict[str, Any] = store.notify(
        {"notificationType": "EXTERNAL_PURCHASE_TOKEN", "subtype": "UNREPORTED",
         "externalPurchaseToken": store.links.tokens[data["link_id"]]}
    )  # fmt: skip
    return note


@get("/_control/reports")
async def reports(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """In the order they came."""
    return list(request.app.state.store.links.reports.values())


HANDLERS = [send_report, get_report, open_link, ask_of_link, reports]
