"""PayPal's orders, captures and refunds: what of them matters here, and what it is in our words."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.selling.providers.news import Payment, PaymentState, ReversalKind, ReversalNews, ReversalState
from plaudit.selling.providers.paypal.money import Amount

CANCELLED = "cancelled:"
"""Begins the custom_id of an order that will not be captured: PayPal has no other way to say so."""

_TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_OPEN_ORDERS = frozenset({"CREATED", "SAVED", "PAYER_ACTION_REQUIRED"})
_SELLER_MUST = {
    "INTERNATIONAL_WITHDRAWAL": "accept or refuse it: the account takes none from abroad by itself",
    "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION": "accept or refuse it: the account holds no balance in its currency",
    "UNILATERAL": "confirm the e-mail address of the account",
    "VERIFICATION_REQUIRED": "have the account verified",
}
"""By PayPal's reasons why a capture is pending; of the others it ends by itself."""
_REFUNDS = {
    "PENDING": ReversalState.OPENED,
    "COMPLETED": ReversalState.DONE,
    "FAILED": ReversalState.UNDONE,
    "CANCELLED": ReversalState.UNDONE,
}


class Link(msgspec.Struct, frozen=True):
    rel: str
    href: str


def linked(links: list[Link], collection: str) -> str | None:
    """The id of the parent in a collection of PayPal's, from an `up` link."""
    for link in links:
        before, slash, last = urlsplit(link.href).path.rpartition("/")
        if link.rel == "up" and slash and last and before.endswith(f"/{collection}"):
            return last
    return None


class _RelatedIds(msgspec.Struct, frozen=True):
    order_id: str | None = None


class SupplementaryData(msgspec.Struct, frozen=True):
    related_ids: _RelatedIds = _RelatedIds()


class _Receivable(msgspec.Struct, frozen=True):
    paypal_fee: Amount | None = None


class _StatusDetails(msgspec.Struct, frozen=True):
    reason: str = ""


class Capture(msgspec.Struct, frozen=True):
    """Money taken, or on its way."""

    id: str
    status: str
    amount: Amount
    status_details: _StatusDetails = _StatusDetails()
    create_time: datetime | None = None
    invoice_id: str | None = None
    custom_id: str | None = None
    seller_receivable_breakdown: _Receivable = _Receivable()
    supplementary_data: SupplementaryData = SupplementaryData()
    links: list[Link] = []

    @property
    def order_id(self) -> str | None:
        return self.supplementary_data.related_ids.order_id or linked(self.links, "orders")

    @property
    def seller_must(self) -> str | None:
        """What the seller has to do at PayPal before the money comes; None: nothing."""
        return _SELLER_MUST.get(self.status_details.reason) if self.status == "PENDING" else None

    @property
    def fee_minor(self) -> int | None:
        fee = self.seller_receivable_breakdown.paypal_fee
        """What PayPal keeps; None while it does not say, or says it in another currency."""
        return fee.nearest_minor() if fee and fee.currency_code == self.amount.currency_code else None

    @property
    def state(self) -> PaymentState:
        if self.status in _TAKEN:
            return PaymentState.PAID
        return PaymentState.PROCESSING if self.status == "PENDING" else PaymentState.DECLINED

    def payment(self, order_id: str) -> Payment:
        """The payment of the order, without what only the order shows."""
        paid = self.state is PaymentState.PAID
        return Payment(
            id=order_id,
            reference=self.invoice_id or self.custom_id or "",
            state=self.state,
            amount=self.amount.money(),
            fee_minor=self.fee_minor if paid else None,
            paid_at=self.create_time if paid else None,
        )


class Refund(msgspec.Struct, frozen=True):
    """Money of a capture given back, by us, at PayPal's desk, or taken back by a bank."""

    id: str
    status: str
    amount: Amount
    create_time: datetime | None = None
    update_time: datetime | None = None
    custom_id: str | None = None
    links: list[Link] = []

    @property
    def capture_id(self) -> str | None:
        return linked(self.links, "captures")

    @property
    def reversal_id(self) -> UUID | None:
        """Ours; a refund made elsewhere carries the order's reference, or nothing."""
        try:
            return UUID(self.custom_id or "")
        except ValueError:
            return None

    def news(self, order_id: str) -> ReversalNews:
        return ReversalNews(
            id=self.id,
            kind=ReversalKind.REFUND,
            payment_id=order_id,
            state=_REFUNDS.get(self.status, ReversalState.OPENED),
            reversal_id=self.reversal_id,
            amount=self.amount.money(),
            at=self.update_time or self.create_time,
        )


class _Payments(msgspec.Struct, frozen=True):
    captures: list[Capture] = []
    refunds: list[Refund] = []


class _PurchaseUnit(msgspec.Struct, frozen=True):
    amount: Amount | None = None
    invoice_id: str | None = None
    custom_id: str | None = None
    payments: _Payments = _Payments()


class _Address(msgspec.Struct, frozen=True):
    country_code: str | None = None


class _Payer(msgspec.Struct, frozen=True):
    address: _Address = _Address()


class _PaymentSource(msgspec.Struct, frozen=True):
    paypal: _Payer = _Payer()


class PayPalOrder(msgspec.Struct, frozen=True):
    """A checkout and all that came of it; ours have one purchase unit."""

    id: str
    status: str
    purchase_units: list[_PurchaseUnit] = []
    payer: _Payer = _Payer()
    payment_source: _PaymentSource = _PaymentSource()
    create_time: datetime | None = None
    update_time: datetime | None = None
    links: list[Link] = []

    @property
    def unit(self) -> _PurchaseUnit:
        return self.purchase_units[0] if self.purchase_units else _PurchaseUnit()

    @property
    def reference(self) -> str:
        """What it was made for; that of an order here, or whatever others sell through the account."""
        return self.unit.invoice_id or self.unit.custom_id or ""

    @property
    def capture(self) -> Capture | None:
        """The capture that counts: one that took money before one that may, before one that will not."""
        ranks = {PaymentState.PAID: 0, PaymentState.PROCESSING: 1, PaymentState.DECLINED: 2}
        return min(self.unit.payments.captures, key=lambda capture: ranks[capture.state], default=None)

    @property
    def state(self) -> PaymentState:
        if self.capture:
            return self.capture.state
        if self.status == "VOIDED" or (self.unit.custom_id or "").startswith(CANCELLED):
            return PaymentState.EXPIRED
        if self.status in _OPEN_ORDERS:
            return PaymentState.OPEN
        return PaymentState.AUTHORISED if self.status == "APPROVED" else PaymentState.PROCESSING

    def payment(self) -> Payment:
        """The order in our words.

        Raises:
            ValueError: it has no amount.
        """
        unit, capture = self.unit, self.capture
        amount = capture.amount if capture else unit.amount
        if amount is None:
            raise ValueError(f"PayPal's order {self.id} has no amount")
        paid = self.state is PaymentState.PAID
        return Payment(
            id=self.id,
            reference=self.reference,
            state=self.state,
            amount=amount.money(),
            fee_minor=capture.fee_minor if capture and paid else None,
            paid_at=capture.create_time if capture and paid else None,
            checkout_url=next((link.href for link in self.links if link.rel in {"payer-action", "approve"}), None),
            evidence=self._evidence(),
        )

    def _evidence(self) -> tuple[Evidence, ...]:
        country = self.payer.address.country_code or self.payment_source.paypal.address.country_code
        at = self.update_time or self.create_time
        if not country or at is None:
            return ()
        if country == "C2":  # PayPal's China for payments across the border
            country = "CN"
        return (Evidence(source=EvidenceSource.PAYER_ADDRESS, country=country, observed_at=at, detail="PayPal"),)
