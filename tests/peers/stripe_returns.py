"""Money that goes back at the pretend Stripe: refunds, disputes and the warnings before them."""

import time

from tests.peers.stripe_store import DISPUTE_FEE, Refusal, Store, Stored, check_amount


class Returns(Store):
    """The store and what takes money out of it."""

    def create_refund(self, given: Stored) -> Stored:
        intent = self.get(given.get("payment_intent", ""), "payment_intent")
        charge = self.objects.get(intent["latest_charge"] or "", {})
        if intent["status"] != "succeeded":
            raise Refusal(400, "charge_not_refundable", "This PaymentIntent has no successful charge.")
        if charge["disputed"]:
            raise Refusal(400, "charge_disputed", "The charge has been charged back.")
        left = charge["amount_captured"] - charge["amount_refunded"]
        if left == 0:
            raise Refusal(400, "charge_already_refunded", "The charge has already been refunded.")
        amount = check_amount(given.get("amount", str(left)), intent["currency"], "amount", smallest=1)
        if amount > left:
            raise Refusal(400, "amount_too_large", f"Refund amount is greater than {left}.", param="amount")
        slow = charge["payment_method_details"]["type"] != "card"
        refund = self.add(
            "re", "refund",
            amount=amount, currency=intent["currency"], charge=charge["id"], payment_intent=intent["id"],
            status="pending" if slow else "succeeded", reason=given.get("reason"), metadata=given.get("metadata", {}),
        )  # fmt: skip
        refund["balance_transaction"] = self.book("refund", -amount, intent["currency"], refund["id"])["id"]
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.emit("refund.created", refund)
        self.emit("charge.refunded", charge)
        return refund

    def move_refund(self, refund: Stored, status: str) -> None:
        refund["status"] = status
        if status in {"failed", "canceled"}:
            charge = self.objects[refund["charge"]]
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            if status == "failed":
                refund["failure_reason"] = "lost_or_stolen_card"
        self.emit("refund.updated", refund)
        if status == "failed":
            self.emit("refund.failed", refund)

    def open_dispute(self, charge: Stored, reason: str, *, inquiry: bool = False, amount: int | None = None) -> Stored:
        dispute = self.add(
            "du", "dispute",
            amount=amount or charge["amount_captured"], currency=charge["currency"], charge=charge["id"],
            payment_intent=charge["payment_intent"], reason=reason, balance_transactions=[],
            status="warning_needs_response" if inquiry else "needs_response", is_charge_refundable=inquiry,
            evidence_details={"due_by": int(time.time()) + 7 * 86_400}, metadata={},
        )  # fmt: skip
        self.emit("charge.dispute.created", dispute)
        if not inquiry:
            self._withdraw(dispute)
        return dispute

    def _withdraw(self, dispute: Stored) -> None:
        self.objects[dispute["charge"]]["disputed"] = True
        booked = self.book("adjustment", -dispute["amount"], dispute["currency"], dispute["id"], fee_fixed=DISPUTE_FEE)
        dispute["balance_transactions"].append(dict(booked))
        self.emit("charge.dispute.funds_withdrawn", dispute)

    def move_dispute(self, dispute: Stored, status: str) -> None:
        """The next stage: under_review, won, lost, warning_closed; needs_response makes a dispute of an inquiry."""
        escalated = status == "needs_response" and dispute["status"].startswith("warning_")
        dispute["status"] = status
        if escalated:
            self.emit("charge.dispute.updated", dispute)
            self._withdraw(dispute)
        elif status in {"won", "lost", "warning_closed"}:
            self.emit("charge.dispute.closed", dispute)
            if status == "won":
                self.objects[dispute["charge"]]["disputed"] = False
                booked = self.book(
                    "adjustment", dispute["amount"], dispute["currency"], dispute["id"], fee_fixed=-DISPUTE_FEE
                )
                dispute["balance_transactions"].append(dict(booked))
                self.emit("charge.dispute.funds_reinstated", dispute)
        else:
            self.emit("charge.dispute.updated", dispute)

    def warn_of_fraud(self, charge: Stored) -> Stored:
        warning = self.add(
            "issfr", "radar.early_fraud_warning",
            actionable=not charge["disputed"] and not charge["refunded"], fraud_type="made_with_stolen_card",
            charge=charge["id"], payment_intent=charge["payment_intent"],
        )  # fmt: skip
        self.emit("radar.early_fraud_warning.created", warning)
        return warning

    def open_review(self, charge: Stored) -> Stored:
        """A rule of the account wants somebody to look at a payment."""
        review = self.add(
            "prv", "review",
            open=True, reason="rule", opened_reason="rule", closed_reason=None, charge=charge["id"],
            payment_intent=charge["payment_intent"],
        )  # fmt: skip
        self.emit("review.opened", review)
        return review

    def close_review(self, review: Stored, reason: str) -> Stored:
        review |= {"open": False, "reason": reason, "closed_reason": reason}
        self.emit("review.closed", review)
        return review

    def pay_out(self, status: str) -> Stored:
        """The account's money is sent to its bank."""
        payout = self.add(
            "po", "payout", amount=1_000, currency="usd", status=status, metadata={},
            failure_code="account_closed" if status == "failed" else None,
        )  # fmt: skip
        self.emit(f"payout.{status}", payout)
        return payout

    def settle_fee(self, charge: Stored, fee: int) -> Stored:
        """What Stripe keeps is known some time after the payment."""
        booked = self.objects[charge["balance_transaction"]]
        booked |= {"fee": fee, "net": booked["amount"] - fee}
        self.emit("charge.updated", charge)
        return charge
