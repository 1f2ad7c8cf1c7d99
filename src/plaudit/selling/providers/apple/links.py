"""Links out of the app to the web, and what Apple is told of them: External Purchase Server API, one report for each
sale, refund or link by which nothing was bought."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import msgspec
from appstoreserverlibrary.models.Environment import Environment

from plaudit import foreign
from plaudit.money import exponent
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.linking import LinkedSale, LinkReport, LinkReportKind, LinkToken

_SANDBOX = "SANDBOX"  # how ids of the sandbox begin
_MILLI_EXPONENT = 3
_WITHOUT_SALE = {LinkReportKind.NO_SALE: "NO_LINE_ITEM", LinkReportKind.UNKNOWN_LINK: "UNRECOGNIZED_TOKEN"}


class ExternalPurchaseToken(msgspec.Struct, frozen=True, rename="camel"):
    """What is written in a token. Nobody signed it: it says which link, and proves nothing."""

    external_purchase_id: str
    token_creation_date: int
    bundle_id: str
    app_apple_id: int | None = None


def read_token(token: str, bundle_id: str, app_id: int | None, environment: Environment) -> LinkToken:
    """The link of a token that the app brought.

    Raises:
        PurchaseNotValid: it is none, or of another app or environment.
    """
    try:
        decoded = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        read = foreign.decode(decoded, kind=ExternalPurchaseToken)
        link = LinkToken(id=read.external_purchase_id, begun_at=moment_of(read.token_creation_date))
    except (ValueError, msgspec.MsgspecError) as error:
        raise PurchaseNotValid("malformed") from error
    if not 0 < len(link.id) <= 128:
        raise PurchaseNotValid("malformed")
    if read.bundle_id != bundle_id or (app_id and read.app_apple_id not in {None, app_id}):
        raise PurchaseNotValid("other_app")
    if (environment is Environment.SANDBOX) != link.id.startswith(_SANDBOX):
        raise PurchaseNotValid("other_environment")
    return link


def moment_of(milliseconds: int) -> datetime:
    """Raises ValueError: no calendar has it."""
    try:
        return datetime.fromtimestamp(milliseconds / 1_000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(milliseconds)) from error


def report_of(report: LinkReport) -> dict[str, Any]:
    """The request body: ExternalPurchaseReport."""
    body: dict[str, Any] = {"requestIdentifier": str(report.id), "externalPurchaseId": report.link_id}
    if report.sale is None:
        return body | {"status": _WITHOUT_SALE[report.kind]}
    return body | {"status": "LINE_ITEM", "lineItems": [_line_item(report, report.sale)]}


def _line_item(report: LinkReport, sale: LinkedSale) -> dict[str, Any]:
    net, tax, left = (_milli(minor, sale.currency) for minor in (sale.net_minor, sale.tax_minor, sale.net_left_minor))
    item: dict[str, Any] = {
        "lineItemId": str(report.id),
        "creationDate": int(report.at.timestamp() * 1_000),
        "eventType": "BUY",
        "productType": "ONE_TIME_BUY",
        "productIdentifier": sale.product_id,
        "quantity": 1,
        "pricingCurrency": sale.currency,
        "reportingCurrency": sale.currency,
        "amountTaxInclusive": net + tax,
        "amountTaxExclusive": net,
        "taxAmount": tax,
        "netAmountTaxExclusive": left,
        "taxCountry": sale.region,
    }
    if report.kind is LinkReportKind.REFUND:
        item |= {"eventType": "REFUND", "referenceLineItemId": str(sale.sale_id)}
    if report.kind is LinkReportKind.REFUND_UNDONE:  # corrects the line item of the refund
        item |= {"eventType": "REFUND", "referenceLineItemId": str(sale.sale_id), "lineItemId": str(sale.refund_id)}
        item |= {"restatement": True, "erroneouslySubmitted": True}
    return item


def _milli(minor: int, currency: str) -> int:
    """Thousandths of the currency's unit."""
    return int(minor * 10 ** (_MILLI_EXPONENT - exponent(currency)))
