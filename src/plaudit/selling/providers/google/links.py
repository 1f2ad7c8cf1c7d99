"""Links out of the app to the web, and what Google is told of them: external transactions and their refunds."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from plaudit.money import exponent
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.google.api import ExternalTransaction, GooglePlay, NotKnown
from plaudit.selling.providers.google.auth import NAME
from plaudit.selling.providers.linking import LinkedSale, LinkReport, LinkReportKind, LinkToken

_TOKEN = re.compile(r"[A-Za-z0-9._~:/+=-]{1,4000}")
_MICRO_EXPONENT = 6


def read_token(token: str) -> LinkToken:
    """The link of a token, of which only Google knows what it says.

    Raises:
        PurchaseNotValid: it cannot be one.
    """
    if not _TOKEN.fullmatch(token):
        raise PurchaseNotValid("malformed")
    return LinkToken(id=sha256(token.encode()).hexdigest())


async def report(play: GooglePlay, told: LinkReport) -> None:
    """Tell Google of a sale or a refund; one it knows already is left alone.

    Raises:
        ProviderRefused: it will not have it, or there is no way to say it.
        ProviderUnavailable: it does not answer now.
    """
    sale = told.sale
    if sale is None or told.kind not in {LinkReportKind.SALE, LinkReportKind.REFUND}:
        raise ProviderRefused(NAME, f"Google cannot be told of {told.kind}")
    if told.kind is LinkReportKind.SALE:
        await _create(play, told, sale)
    else:
        await _refund(play, told, sale)


async def _create(play: GooglePlay, told: LinkReport, sale: LinkedSale) -> None:
    transaction_id = str(told.id)
    try:
        await play.create_transaction(
            transaction_id,
            {
                "originalPreTaxAmount": _price(sale.net_minor, sale.currency),
                "originalTaxAmount": _price(sale.tax_minor, sale.currency),
                "transactionTime": _moment(told.at),
                "oneTimeTransaction": {"externalTransactionToken": told.token},
                "userTaxAddress": {"regionCode": sale.region},
            },
        )
    except ProviderRefused:  # perhaps because it is there: the answer to an earlier call was lost
        known = await _known(play, transaction_id)
        if known is None or known.original_micros != _micros(sale.net_minor, sale.currency):
            raise


async def _refund(play: GooglePlay, told: LinkReport, sale: LinkedSale) -> None:
    """All that is left of the sale, or a part of it by its own id."""
    part = {"refundId": str(told.id), "refundPreTaxAmount": _price(sale.net_minor, sale.currency)}
    how: dict[str, Any] = {"partialRefund": part} if sale.net_left_minor else {"fullRefund": {}}
    try:
        await play.refund_transaction(str(sale.sale_id), {"refundTime": _moment(told.at)} | how)
    except ProviderRefused:
        known = await _known(play, str(sale.sale_id))
        if known is None or known.current_micros != _micros(sale.net_left_minor, sale.currency):
            raise


async def _known(play: GooglePlay, transaction_id: str) -> ExternalTransaction | None:
    try:
        return await play.transaction(transaction_id)
    except NotKnown:
        return None


def _price(minor: int, currency: str) -> dict[str, str]:
    return {"priceMicros": str(_micros(minor, currency)), "currency": currency}


def _micros(minor: int, currency: str) -> int:
    """Millionths of the currency's unit."""
    return int(minor * 10 ** (_MICRO_EXPONENT - exponent(currency)))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
