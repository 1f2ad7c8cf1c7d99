"""Customers of the pretend Stripe, and the cards it keeps for them."""

from datetime import UTC, datetime

from tests.peers.stripe_cards import CARDS, fingerprint_of
from tests.peers.stripe_store import Refusal, Store, Stored


class Customers(Store):
    """Whom the account knows. A card is kept by attaching its PaymentMethod to a customer."""

    def create_customer(self, given: Stored) -> Stored:
        customer = self.add(
            "cus", "customer",
            metadata=given.get("metadata", {}), address=given.get("address"), email=given.get("email"),
            preferred_locales=given.get("preferred_locales", []),
        )  # fmt: skip
        self.emit("customer.created", customer)
        return customer

    def customer(self, object_id: str, param: str = "customer") -> Stored:
        """One that is still there."""
        found = self.objects.get(object_id)
        if found is None or found["object"] != "customer" or found.get("deleted"):
            raise Refusal(400 if param == "customer" else 404, "resource_missing", "No such customer", param=param)
        return found

    def delete_customer(self, object_id: str) -> Stored:
        """Its cards are kept no longer."""
        customer = self.customer(object_id, "id")
        customer["deleted"] = True
        for method in self.methods_of(object_id):
            method["customer"] = None
        self.emit("customer.deleted", customer)
        return {"id": object_id, "object": "customer", "deleted": True}

    def methods_of(self, customer_id: str) -> list[Stored]:
        kept = (item for item in self.objects.values() if item.get("object") == "payment_method")
        return [item for item in kept if item["customer"] == customer_id]

    def keep_card(self, number: str, customer_id: str) -> Stored:
        """A card becomes a customer's."""
        card, year = CARDS[number], datetime.now(UTC).year
        method = self.add(
            "pm", "payment_method",
            type="card", customer=customer_id, billing_details={"address": None},
            card={
                "brand": card.brand, "last4": number[-4:], "country": card.country, "funding": card.funding,
                "exp_month": card.expires[0], "exp_year": year + card.expires[1], "fingerprint": fingerprint_of(number),
            },
        )  # fmt: skip
        self.objects[f"{method['id']}/number"] = {"number": number}
        self.emit("payment_method.attached", method)
        return method

    def detach(self, method_id: str) -> Stored:
        method = self.get(method_id, "payment_method")
        if method["customer"] is None:
            message = "The payment method you provided is not attached to a customer so detachment is impossible."
            raise Refusal(400, "payment_method_unexpected_state", message)
        before, method["customer"] = method["customer"], None
        self.emit("payment_method.detached", method, {"customer": before})
        return method

    def number_of(self, method_id: str, customer_id: str | None) -> str:
        """The number behind a kept card; it pays for its customer only."""
        method = self.objects.get(method_id)
        if method is None or method.get("object") != "payment_method":
            raise Refusal(400, "resource_missing", f"No such PaymentMethod: '{method_id}'", param="payment_method")
        if method["customer"] is None or method["customer"] != customer_id:
            message = "The PaymentMethod does not belong to the Customer you supplied."
            raise Refusal(400, "payment_method_customer_mismatch", message, param="payment_method")
        number: str = self.objects[f"{method_id}/number"]["number"]
        return number
