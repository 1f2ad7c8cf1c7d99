"""How tests move the pretend Stripe: what banks and time do, and what goes wrong on the way."""

from typing import Any

from tests.peers.stripe_books import Books
from tests.peers.stripe_messages import Messages, signed
from tests.peers.stripe_store import Refusal, Stored


class Faults:
    """What happens to the next calls whose path contains a text: a status before the work, or an answer lost after."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []

    def add(self, fault: dict[str, Any]) -> None:
        self._waiting.append({"times": 1, "method": "POST"} | fault)

    def take(self, method: str, path: str) -> dict[str, Any]:
        for fault in self._waiting:
            if fault["path"] in path and fault["method"] == method:
                fault["times"] -= 1
                if fault["times"] == 0:
                    self._waiting.remove(fault)
                return fault
        return {}


class Control:
    """`POST /_control/NAME` with a JSON document does what the method of that name says."""

    def __init__(self, books: Books, messages: Messages, faults: Faults) -> None:
        self.books, self.messages, self.faults = books, messages, faults

    def act(self, name: str, asked: Stored) -> Any:
        acts = {
            "webhooks": self.webhooks, "faults": self.fault, "messages": self.bring, "settle": self.settle,
            "authenticate": self.authenticate, "lapse": self.lapse, "expire": self.expire, "dispute": self.dispute,
            "move_dispute": self.move_dispute, "move_refund": self.move_refund, "warn": self.warn,
            "review": self.review, "pay_out": self.pay_out, "settle_fee": self.settle_fee,
            "object": self.object, "backdate": self.backdate, "pay_voucher": self.pay_voucher,
            "lapse_voucher": self.lapse_voucher,
        }  # fmt: skip
        if name not in acts:
            raise Refusal(404, "", f"No control is called {name}.")
        return acts[name](asked)

    def webhooks(self, asked: Stored) -> Any:
        """From now on events are brought to `url`, signed with `secret`, `copies` times, late by up to `shuffle_ms`."""
        self.messages.endpoints.append(asked)
        return {}

    def fault(self, asked: Stored) -> Any:
        """`path`, `method`, `times`, and `status` or `lose_answer`."""
        self.faults.add(asked)
        return {}

    def bring(self, asked: Stored) -> Any:
        """All events, or those of `kinds`, signed with `secret` `age_s` ago: for tests that bring them themselves."""
        kinds = asked.get("kinds")
        events = [event for event in self.messages.events if kinds is None or event["type"] in kinds]
        return [
            {"type": event["type"]} | signed(event | asked.get("change", {}), asked["secret"], asked.get("age_s", 0))
            for event in events
        ]

    def settle(self, asked: Stored) -> Any:
        """A bank debit arrives, or does not."""
        self.books.settle(self._intent(asked), success=asked["success"])
        return {}

    def pay_voucher(self, asked: Stored) -> Any:
        """The buyer pays at a till or by their bank; `amount`: only a part."""
        self.books.pay_voucher(self._intent(asked), asked.get("amount"))
        return {}

    def lapse_voucher(self, asked: Stored) -> Any:
        """The time to pay with a voucher is over."""
        self.books.lapse_voucher(self._intent(asked))
        return {}

    def authenticate(self, asked: Stored) -> Any:
        """The buyer answers the bank in the host's own app."""
        self.books.authenticate(self._intent(asked), success=asked["success"])
        return {}

    def lapse(self, asked: Stored) -> Any:
        """Seven days pass over an authorisation."""
        self.books.lapse(self._intent(asked))
        return {}

    def expire(self, asked: Stored) -> Any:
        """The time of a session is over."""
        self.books.expire_session(self.books.get(asked["session"], "checkout.session"))
        return {}

    def review(self, asked: Stored) -> Any:
        """A payment is to be looked at; with `closed`, somebody has, and this came of it."""
        if reason := asked.get("closed"):
            return self.books.close_review(self.books.get(asked["review"], "review"), reason)
        return self.books.open_review(self.books.get(self._intent(asked)["latest_charge"], "charge"))

    def pay_out(self, asked: Stored) -> Any:
        """Money goes to the account's bank: `status` paid or failed."""
        return self.books.pay_out(asked["status"])

    def settle_fee(self, asked: Stored) -> Any:
        """What Stripe keeps of a payment is known at last."""
        return self.books.settle_fee(self.books.get(self._intent(asked)["latest_charge"], "charge"), asked["fee"])

    def dispute(self, asked: Stored) -> Any:
        """The payer turns to the bank."""
        charge = self.books.get(self._intent(asked)["latest_charge"], "charge")
        return self.books.open_dispute(
            charge, asked.get("reason", "fraudulent"), inquiry=asked.get("inquiry", False), amount=asked.get("amount")
        )

    def move_dispute(self, asked: Stored) -> Any:
        self.books.move_dispute(self.books.get(asked["dispute"], "dispute"), asked["status"])
        return {}

    def move_refund(self, asked: Stored) -> Any:
        self.books.move_refund(self.books.get(asked["refund"], "refund"), asked["status"])
        return {}

    def warn(self, asked: Stored) -> Any:
        """The card's network believes it was fraud."""
        return self.books.warn_of_fraud(self.books.get(self._intent(asked)["latest_charge"], "charge"))

    def backdate(self, asked: Stored) -> Any:
        """A session and its charge were made `seconds` earlier."""
        session = self.books.get(asked["session"], "checkout.session")
        for made in (session, self.books.objects[self._intent(asked)["latest_charge"]]):
            made["created"] -= asked["seconds"]
        return {}

    def object(self, asked: Stored) -> Any:
        """An object by its id, or all of a kind."""
        if "id" in asked:
            return self.books.objects[asked["id"]]
        return [item for item in self.books.objects.values() if item.get("object") == asked["kind"]]

    def _intent(self, asked: Stored) -> Stored:
        """By its own id or its session's."""
        if "session" in asked:
            session = self.books.get(asked["session"], "checkout.session")
            return self.books.get(session["payment_intent"], "payment_intent")
        return self.books.get(asked["payment_intent"], "payment_intent")
