"""PayPal's disputes: what of them matters here, and what it is in our words."""

from datetime import datetime

import msgspec

from plaudit.money import Money
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.providers.paypal.model import Capture
from plaudit.selling.providers.paypal.money import Amount

PPM = 1_000_000

# RESOLVED_WITH_PAYOUT and NONE do not say who paid: the money's own movements do, and without any it stayed.
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
_WON = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED"})


class _Outcome(msgspec.Struct, frozen=True):
    outcome_code: str = ""
    amount_refunded: Amount | None = None


class DisputedTransaction(msgspec.Struct, frozen=True):
    seller_transaction_id: str | None = None
    gross_amount: Amount | None = None


class _MoneyMovement(msgspec.Struct, frozen=True):
    affected_party: str = ""
    type: str = ""
    amount: Amount | None = None


class Dispute(msgspec.Struct, frozen=True):
    """A buyer's or a bank's claim for money of a capture."""

    dispute_id: str
    status: str
    reason: str = ""
    create_time: datetime | None = None
    update_time: datetime | None = None
    dispute_amount: Amount | None = None
    dispute_outcome: _Outcome = _Outcome()
    disputed_transactions: list[DisputedTransaction] = []
    money_movements: list[_MoneyMovement] = []
    seller_response_due_date: datetime | None = None

    @property
    def state(self) -> ReversalState:
        if self.status != "RESOLVED":
            return ReversalState.OPENED
        code, refunded = self.dispute_outcome.outcome_code, self.dispute_outcome.amount_refunded
        if code in _WON:
            return ReversalState.UNDONE
        if code in _LOST:
            kept = refunded is not None and refunded.money().amount_minor == 0
            return ReversalState.UNDONE if kept else ReversalState.DONE
        return ReversalState.DONE if self._seller_paid_minor() > 0 else ReversalState.UNDONE

    def _seller_paid_minor(self) -> int:
        signs = {"DEBIT": 1, "CREDIT": -1}
        return sum(
            signs.get(movement.type, 0) * movement.amount.money().amount_minor
            for movement in self.money_movements
            if movement.affected_party == "SELLER" and movement.amount
        )

    def news(self, order_id: str, capture: Capture) -> list[ReversalNews]:
        """What the dispute means for one of the captures it is about.

        One that is lost in part is two pieces of news: the claim came to nothing, and what was agreed on is gone.
        """
        amount = self._claimed(capture.id)
        same = amount is not None and amount.currency == capture.amount.currency_code
        alone = len(self.disputed_transactions) <= 1
        claim = ReversalNews(
            id=self.dispute_id if alone else f"{self.dispute_id}:{capture.id}",
            kind=ReversalKind.CHARGEBACK,
            payment_id=order_id,
            state=self.state,
            amount=amount if same else None,
            share_ppm=None if same else PPM,  # in the buyer's own currency: the whole payment is disputed
            reason=self.reason.lower(),
            at=self.update_time or self.create_time,
            respond_until=self.seller_response_due_date,
        )
        settled = self._settled(capture) if alone and claim.state is ReversalState.DONE else None
        if settled is None or settled == amount:
            return [claim]
        changed = {"id": f"{self.dispute_id}:settled", "amount": settled, "share_ppm": None}
        undone = msgspec.structs.replace(claim, state=ReversalState.UNDONE)
        return [undone, msgspec.structs.replace(claim, **changed)]

    def _claimed(self, capture_id: str) -> Money | None:
        """What is claimed of one capture."""
        if len(self.disputed_transactions) > 1:
            parts = {part.seller_transaction_id: part.gross_amount for part in self.disputed_transactions}
            part = parts.get(capture_id)
            return part.money() if part else None
        return self.dispute_amount.money() if self.dispute_amount else None

    def _settled(self, capture: Capture) -> Money | None:
        """What the buyer got back in the end; None when PayPal does not say it in the currency of the payment."""
        refunded = self.dispute_outcome.amount_refunded
        return refunded.money() if refunded and refunded.currency_code == capture.amount.currency_code else None
