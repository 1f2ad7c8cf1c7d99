"""Payments of the pretend Stripe: Checkout Sessions and PaymentIntents. Ids stand where the API answers ids."""

import re
import secrets
import time

from tests.peers.stripe_cards import CARDS, DELAYED_METHODS, METHODS, TestCard, fingerprint_of
from tests.peers.stripe_customers import Customers
from tests.peers.stripe_returns import Returns
from tests.peers.stripe_store import Refusal, Stored, check_amount
from tests.peers.stripe_vouchers import VOUCHERS, Vouchers, action_of
from tests.peers.stripe_wallets import WALLETS, details_of

SESSION_LIFE_S_MIN, SESSION_LIFE_S_MAX = 1_800, 86_400


class Books(Returns, Vouchers, Customers):
    """Everything one account has."""

    # sessions

    def create_session(self, given: Stored) -> Stored:
        if given.get("customer"):
            self.customer(given["customer"])
        if given.get("mode") == "setup":
            return self._card_session(given)
        for name in ("line_items", "success_url"):
            if name not in given:
                raise Refusal(400, "parameter_missing", f"Missing required param: {name}.", param=name)
        if given.get("mode") != "payment":
            raise Refusal(400, "parameter_invalid", "Only payments are made here.", param="mode")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", given.get("client_reference_id", "x")):
            raise Refusal(400, "parameter_invalid", "Invalid client_reference_id", param="client_reference_id")
        price = given["line_items"][0]["price_data"]
        amount = check_amount(price["unit_amount"], price["currency"], "line_items[0][price_data][unit_amount]")
        amount *= int(given["line_items"][0].get("quantity", "1"))
        now = int(time.time())
        expires_at = int(given.get("expires_at", now + SESSION_LIFE_S_MAX))
        if not now + SESSION_LIFE_S_MIN <= expires_at <= now + SESSION_LIFE_S_MAX:
            raise Refusal(400, "parameter_invalid", "expires_at lies 30 minutes to 24 hours ahead", param="expires_at")
        session = self.add(
            "cs_live" if self.live else "cs_test", "checkout.session",
            mode="payment", status="open", payment_status="unpaid", amount_total=amount, amount_subtotal=amount,
            currency=price["currency"], client_reference_id=given.get("client_reference_id"),
            metadata=given.get("metadata", {}), payment_intent=None, customer_details=None, expires_at=expires_at,
            success_url=given["success_url"], cancel_url=given.get("cancel_url"), locale=given.get("locale"),
            payment_method_options=given.get("payment_method_options", {}), customer=given.get("customer"),
        )  # fmt: skip
        self.objects[f"{session['id']}/allowed"] = given
        session["url"] = f"{self.url}/pay/{session['id']}"
        self.objects[f"{session['id']}/intent_data"] = given.get("payment_intent_data", {})
        return session

    def _card_session(self, given: Stored) -> Stored:
        """A page that takes a card and no money."""
        for name in ("customer", "success_url", "currency"):
            if name not in given:
                raise Refusal(400, "parameter_missing", f"Missing required param: {name}.", param=name)
        session = self.add(
            "cs_live" if self.live else "cs_test", "checkout.session",
            mode="setup", status="open", payment_status="no_payment_required", amount_total=None, currency=None,
            customer=given["customer"], metadata={}, payment_intent=None, success_url=given["success_url"],
        )  # fmt: skip
        session["url"] = f"{self.url}/pay/{session['id']}"
        return session

    def leave_card(self, session: Stored, number: str) -> None:
        """The buyer leaves a card on such a page."""
        card = CARDS.get(number)
        if card is None or card.declines:
            raise Refusal(402, "card_declined", "Your card was declined.", type_="card_error")
        self.keep_card(number, session["customer"])
        session |= {"status": "complete", "url": None}
        setup = self.add("seti", "setup_intent", status="succeeded", customer=session["customer"], metadata={})
        self.emit("setup_intent.succeeded", setup)
        self.emit("checkout.session.completed", session)

    def expire_session(self, session: Stored) -> Stored:
        if session["status"] != "open":
            raise Refusal(400, "", 'Only Checkout Sessions with a status in ["open"] can be expired.')
        session |= {"status": "expired", "url": None}
        if session["payment_intent"]:
            self._cancel(self.objects[session["payment_intent"]], "abandoned")
        self.emit("checkout.session.expired", session)
        return session

    def pay_session(self, session: Stored, method: str, country: str | None) -> Stored:
        """What the buyer does on the hosted page; the PaymentIntent is made now."""
        if session["status"] != "open":
            raise Refusal(400, "checkout_session_closed", "This page has expired.")
        if session["payment_intent"] is None:
            data = self.objects[f"{session['id']}/intent_data"]
            intent = self.create_intent(
                {
                    "amount": str(session["amount_total"]),
                    "currency": session["currency"],
                    "payment_method_options": session["payment_method_options"],
                    "customer": session["customer"],
                }
                | data
            )
            session["payment_intent"] = intent["id"]
        intent = self.objects[session["payment_intent"]]
        allowed = self.objects[f"{session['id']}/allowed"].get("allowed_payment_method_types")
        if allowed is not None and kind_of(method) not in allowed:
            raise Refusal(400, "", f"This page does not take {kind_of(method)}.")
        address = {"country": country} if country else None
        session["customer_details"] = {"address": address, "email": "buyer@shop.example"}
        self.confirm(intent, method, address)
        return intent

    def _complete(self, intent: Stored) -> None:
        """The session of a PaymentIntent that has gone through, if it has one."""
        session = self.session_of(intent["id"])
        if session is None or session["status"] != "open":
            return
        paid = "paid" if intent["status"] == "succeeded" else "unpaid"
        session |= {"status": "complete", "url": None, "payment_status": paid}
        self.emit("checkout.session.completed", session)

    def session_of(self, intent_id: str) -> Stored | None:
        sessions = (item for item in self.objects.values() if item.get("object") == "checkout.session")
        return next((item for item in sessions if item["payment_intent"] == intent_id), None)

    # payment intents

    def create_intent(self, given: Stored) -> Stored:
        if given.get("customer"):
            self.customer(given["customer"])
        if kept := given.get("customer") and given.get("payment_method"):
            self.number_of(kept, given["customer"])
        amount = check_amount(given.get("amount", ""), given.get("currency", ""), "amount")
        intent = self.add(
            "pi", "payment_intent",
            amount=amount, amount_received=0, amount_capturable=0, currency=given["currency"],
            status="requires_payment_method", metadata=given.get("metadata", {}), latest_charge=None,
            last_payment_error=None, cancellation_reason=None, description=given.get("description"),
            capture_method=given.get("capture_method", "automatic_async"), next_action=None, canceled_at=None,
            payment_method_options=given.get("payment_method_options", {}),
            payment_method=kept or None, customer=given.get("customer"),
        )  # fmt: skip
        if kept:
            intent["status"] = "requires_confirmation"
        intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
        self.emit("payment_intent.created", intent)
        return intent

    def confirm(self, intent: Stored, method: str, address: Stored | None = None) -> None:
        """A card or bank account for a PaymentIntent that waits for one."""
        if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
            raise _unexpected(intent)
        intent["last_payment_error"] = intent["next_action"] = None
        if method in DELAYED_METHODS:
            self._charge(intent, {"type": "sepa_debit", "sepa_debit": {"country": "DE"}}, address, "pending")
            intent["status"] = "processing"
            self.emit("payment_intent.processing", intent)
            self._complete(intent)
            return
        if method in VOUCHERS:
            action = action_of(method, self.url, intent["amount"], intent["currency"])
            intent |= {"status": "requires_action", "next_action": action, "payment_method": method}
            self.emit("payment_intent.requires_action", intent)
            self._complete(intent)
            return
        if method in WALLETS:
            intent["payment_method"] = method
            self._authorise(intent, details_of(method, (address or {}).get("country")), address, TestCard())
            return
        number = METHODS.get(method, re.sub(r"[\s-]", "", method))
        card = CARDS.get(number)
        if card is None:
            raise Refusal(402, "incorrect_number", "Your card number is incorrect.", type_="card_error")
        intent["payment_method"] = number
        details = {"type": "card", "card": {"country": card.country, "brand": card.brand, "funding": card.funding}}
        if card.declines:
            self._decline(intent, details, address, card)
        if card.asks_bank:
            intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}
            self.objects[f"{intent['id']}/address"] = address or {}
            self.emit("payment_intent.requires_action", intent)
            return
        self._authorise(intent, details, address, card)

    def confirm_kept(self, intent: Stored, given: Stored) -> None:
        """A kept card pays. A bank that asks does so by its own page, whose address is in `next_action`."""
        if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
            raise _unexpected(intent)
        if "return_url" not in given:
            raise Refusal(400, "parameter_missing", "A return_url must be provided.", param="return_url")
        method = given.get("payment_method") or intent["payment_method"]
        number, asked = self.number_of(method, intent["customer"]), given.get("payment_method_options", {})
        card, options = CARDS[number], intent["payment_method_options"].get("card", {}) | asked.get("card", {})
        details = {"type": "card", "card": {"country": card.country, "brand": card.brand, "funding": card.funding}}
        intent["last_payment_error"] = intent["next_action"] = None
        by_page = options.get("request_three_d_secure") == "any"
        if card.asks_by_page and not by_page:
            self._decline(intent, details, None, card._replace(declines="authentication_required"))
        if declines := card.declines or card.declines_later:
            self._decline(intent, details, None, card._replace(declines=declines))
        intent["payment_method"] = number
        if card.asks_bank or by_page:
            redirect = {"url": f"{self.url}/bank/{intent['id']}", "return_url": given["return_url"]}
            intent |= {
                "status": "requires_action",
                "next_action": {"type": "redirect_to_url", "redirect_to_url": redirect},
            }
            self.objects[f"{intent['id']}/address"] = {}
            self.emit("payment_intent.requires_action", intent)
            return
        self._authorise(intent, details, None, card)

    def authenticate(self, intent: Stored, *, success: bool) -> None:
        """What the buyer's bank says after it has asked."""
        if intent["status"] != "requires_action":
            raise _unexpected(intent)
        card, address = CARDS[intent["payment_method"]], self.objects.pop(f"{intent['id']}/address") or None
        intent["next_action"] = None
        if success:
            details = {"type": "card", "card": {"country": card.country, "brand": card.brand, "funding": card.funding}}
            self._authorise(intent, details, address, card)
            return
        error = {"code": "payment_intent_authentication_failure", "type": "card_error"}
        intent |= {
            "status": "requires_payment_method",
            "last_payment_error": error | {"payment_method": {"type": "card"}},
        }
        self.emit("payment_intent.payment_failed", intent)

    def settle(self, intent: Stored, *, success: bool) -> None:
        """What becomes of a bank debit after some days."""
        if intent["status"] != "processing":
            raise _unexpected(intent)
        session, charge = self.session_of(intent["id"]), self.objects[intent["latest_charge"]]
        if success:
            charge["status"] = "succeeded"
            self._succeed(intent, charge)
        else:
            charge |= {"status": "failed", "paid": False}
            error = {"code": "insufficient_funds", "type": "card_error", "payment_method": {"type": "sepa_debit"}}
            intent |= {"status": "requires_payment_method", "last_payment_error": error}
            self.emit("payment_intent.payment_failed", intent)
        if session:
            session["payment_status"] = "paid" if success else "unpaid"
            self.emit(f"checkout.session.async_payment_{'succeeded' if success else 'failed'}", session)

    def capture(self, intent: Stored, amount: str | None) -> Stored:
        if intent["status"] != "requires_capture":
            raise _unexpected(intent)
        taken = int(amount) if amount else intent["amount_capturable"]
        if not 0 < taken <= intent["amount_capturable"]:
            raise Refusal(400, "amount_too_large", "More than was authorised.", param="amount_to_capture")
        intent["amount_capturable"] = 0
        self._succeed(intent, self.objects[intent["latest_charge"]], taken)
        return intent

    def cancel(self, intent: Stored, reason: str | None) -> Stored:
        session = self.session_of(intent["id"])
        if session and session["status"] == "open":
            raise Refusal(400, "", "You cannot cancel this PaymentIntent because it was created by Checkout.")
        if intent["status"] in {"succeeded", "canceled", "processing"}:
            raise _unexpected(intent)
        return self._cancel(intent, reason)

    def _cancel(self, intent: Stored, reason: str | None) -> Stored:
        intent |= {"status": "canceled", "cancellation_reason": reason, "canceled_at": int(time.time())}
        intent["amount_capturable"] = 0
        self.emit("payment_intent.canceled", intent)
        return intent

    def lapse(self, intent: Stored) -> None:
        """Nobody captured within seven days."""
        if intent["status"] != "requires_capture":
            raise _unexpected(intent)
        self._cancel(intent, "automatic")

    def _charge(self, intent: Stored, details: Stored, address: Stored | None, status: str) -> Stored:
        if details["type"] == "card" and (number := intent.get("payment_method")):
            details["card"]["fingerprint"] = fingerprint_of(number)
        charge = self.add(
            "ch", "charge",
            amount=intent["amount"], amount_captured=0, amount_refunded=0, currency=intent["currency"], status=status,
            paid=status == "succeeded", captured=False, refunded=False, disputed=False, payment_intent=intent["id"],
            payment_method_details=details, billing_details={"address": address}, balance_transaction=None,
            metadata=dict(intent["metadata"]),
        )  # fmt: skip
        intent["latest_charge"] = charge["id"]
        return charge

    def _decline(self, intent: Stored, details: Stored, address: Stored | None, card: TestCard) -> None:
        charge = self._charge(intent, details, address, "failed")
        code = card.declines if card.declines in {"expired_card", "authentication_required"} else "card_declined"
        error = {
            "type": "card_error", "code": code, "decline_code": card.declines, "message": "Your card was declined.",
            "charge": charge["id"], "payment_method": {"type": "card"},
        }  # fmt: skip
        intent |= {"status": "requires_payment_method", "last_payment_error": error}
        self.emit("charge.failed", charge)
        self.emit("payment_intent.payment_failed", intent)
        raise Refusal(402, code, "Your card was declined.", type_="card_error", decline_code=card.declines)

    def _authorise(self, intent: Stored, details: Stored, address: Stored | None, card: TestCard) -> None:
        charge = self._charge(intent, details, address, "succeeded")
        options = intent["payment_method_options"].get(details["type"], {})
        if "manual" in {intent["capture_method"], options.get("capture_method")}:
            intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
            self.emit("charge.succeeded", charge)
            self.emit("payment_intent.amount_capturable_updated", intent)
        else:
            self._succeed(intent, charge)
        self._complete(intent)
        if options.get("setup_future_usage") and intent["customer"] and intent["payment_method"] in CARDS:
            self.keep_card(intent["payment_method"], intent["customer"])

    def _succeed(self, intent: Stored, charge: Stored, amount: int | None = None) -> None:
        taken = intent["amount"] if amount is None else amount
        type_ = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
        booked = self.book(type_, taken, intent["currency"], charge["id"], fee=True)
        charge |= {"captured": True, "paid": True, "amount_captured": taken, "balance_transaction": booked["id"]}
        intent |= {"status": "succeeded", "amount_received": taken}
        if (session := self.session_of(intent["id"])) and session["status"] == "complete":
            session["payment_status"] = "paid"
        self.emit("charge.captured" if amount else "charge.succeeded", charge)
        self.emit("payment_intent.succeeded", intent)
        card = CARDS.get(intent["payment_method"] or "", TestCard())
        if card.fraud_warning:
            self.warn_of_fraud(charge)
        if card.dispute:
            self.open_dispute(charge, card.dispute, inquiry=card.inquiry)


def kind_of(method: str) -> str:
    """The type of what the buyer typed or chose; Link comes with cards."""
    if method == "link":
        return "card"
    return DELAYED_METHODS.get(method) or (method if method in VOUCHERS | WALLETS else "card")


def _unexpected(intent: Stored) -> Refusal:
    message = f"This PaymentIntent has a status of {intent['status']}."
    return Refusal(400, "payment_intent_unexpected_state", message)
