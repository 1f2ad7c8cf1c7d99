"""What the pretend Stripe Connect keeps: balances, connected accounts, transfers and the payouts of those accounts."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.peers.stripe_store import Refusal, Stored

PLATFORM = ""
CURRENCY_OF = {"US": "usd", "DE": "eur", "FR": "eur", "GB": "gbp", "JP": "jpy"}


class Books:
    """Of one platform. `emit(kind, object, account)` is told of every event."""

    def __init__(self, emit: Callable[[str, Stored, str | None], None]) -> None:
        self._emit = emit
        self.objects: dict[str, Stored] = {}
        self.balances: dict[tuple[str, str], int] = defaultdict(int)
        self.holds_transfers = False
        """Whether what is transferred is not there at once, as across a border."""
        self._gone: set[str] = set()

    def add(self, prefix: str, kind: str, **fields: Any) -> Stored:
        made = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), **fields}
        self.objects[made["id"]] = made
        return made

    def of_kind(self, kind: str) -> list[Stored]:
        """Newest first."""
        return [one for one in reversed(self.objects.values()) if one["object"] == kind]

    def get(self, object_id: str, kind: str) -> Stored:
        found = self.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise Refusal(404, "resource_missing", f"No such {kind}: '{object_id}'", param="id")
        return found

    def account(self, account_id: str) -> Stored:
        if account_id in self._gone:
            raise Refusal(403, "account_invalid", "The provided key does not have access to this account.")
        return self.get(account_id, "account")

    def create_account(self, given: Stored) -> Stored:
        if given.get("type") != "express":
            raise Refusal(400, "parameter_invalid", "This platform makes express accounts.", param="type")
        interval = given.get("settings", {}).get("payouts", {}).get("schedule", {}).get("interval", "daily")
        made = self.add(
            "acct",
            "account",
            type="express",
            country=given["country"],
            default_currency=CURRENCY_OF.get(given["country"], "usd"),
            details_submitted=False,
            payouts_enabled=False,
            capabilities={"transfers": "inactive"},
            requirements={"currently_due": ["external_account", "individual.dob.day"], "past_due": [],
                          "disabled_reason": "requirements.past_due", "current_deadline": None},
            settings={"payouts": {"schedule": {"interval": interval}}},
            metadata=given.get("metadata", {}),
        )  # fmt: skip
        self._emit("account.updated", made, made["id"])
        return made

    def link(self, given: Stored, url: str) -> Stored:
        self.account(given["account"])
        if given["type"] != "account_onboarding":
            raise Refusal(400, "parameter_invalid", "No such type.", param="type")
        return {
            "object": "account_link", "created": int(time.time()), "expires_at": int(time.time()) + 300,
            "url": f"{url}/setup/e/{given['account']}/{secrets.token_hex(6)}",
        }  # fmt: skip

    def move_account(self, account_id: str, **changed: Any) -> Stored:
        """The creator tells Stripe something, or Stripe wants to know more."""
        account = self.get(account_id, "account")
        account |= changed
        self._emit("account.updated", account, account_id)
        return account

    def onboard(self, account_id: str) -> Stored:
        nothing: Stored = {"currently_due": [], "past_due": [], "disabled_reason": None, "current_deadline": None}
        return self.move_account(
            account_id, details_submitted=True, payouts_enabled=True, capabilities={"transfers": "active"},
            requirements=nothing,
        )  # fmt: skip

    def deauthorise(self, account_id: str) -> None:
        self._gone.add(account_id)
        self._emit("account.application.deauthorized", {"id": "ca_1", "object": "application"}, account_id)

    def balance(self, account: str) -> Stored:
        own = {currency: amount for (owner, currency), amount in self.balances.items() if owner == account}
        return {
            "object": "balance", "available": [{"amount": amount, "currency": name} for name, amount in own.items()],
            "pending": [],
        }  # fmt: skip

    def _take(self, owner: str, currency: str, amount: int, code: str = "balance_insufficient") -> None:
        if self.balances[owner, currency] < amount:
            raise Refusal(400, code, "You have insufficient funds in your Stripe account.")
        self.balances[owner, currency] -= amount

    def transfer(self, given: Stored) -> Stored:
        account = self.account(given["destination"])
        if account["capabilities"]["transfers"] != "active":
            code = "insufficient_capabilities_for_transfer"
            raise Refusal(400, code, "Your destination account needs the capability transfers.")
        amount, currency = int(given["amount"]), given["currency"]
        self._take(PLATFORM, currency, amount)
        made = self.add(
            "tr", "transfer", amount=amount, currency=currency, destination=account["id"], amount_reversed=0,
            reversed=False, transfer_group=given.get("transfer_group"), metadata=given.get("metadata", {}),
            waits=self.holds_transfers,
        )  # fmt: skip
        if not self.holds_transfers:
            self.balances[account["id"], currency] += amount
        self._emit("transfer.created", made, None)
        return made

    def release(self) -> None:
        """What was on its way within Stripe is there."""
        for one in self.of_kind("transfer"):
            if one.pop("waits", False):
                self.balances[one["destination"], one["currency"]] += one["amount"]

    def reverse(self, transfer_id: str, given: Stored) -> Stored:
        transfer = self.get(transfer_id, "transfer")
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = int(given.get("amount", left))
        if not 0 < amount <= left:
            raise Refusal(400, "amount_too_large", "The transfer has less left to reverse.", param="amount")
        if not transfer.get("waits"):
            self._take(transfer["destination"], transfer["currency"], amount)
        self.balances[PLATFORM, transfer["currency"]] += amount
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        transfer["waits"] = transfer.get("waits") and not transfer["reversed"]
        made = self.add("trr", "transfer_reversal", amount=amount, transfer=transfer_id)
        self._emit("transfer.reversed", transfer, None)
        return made

    def pay_out(self, account_id: str, given: Stored) -> Stored:
        account = self.account(account_id)
        if not account["payouts_enabled"]:
            raise Refusal(400, "payouts_not_allowed", "Cannot create payouts; the account needs more information.")
        amount, currency = int(given["amount"]), given["currency"]
        self._take(account_id, currency, amount)
        made = self.add(
            "po", "payout", amount=amount, currency=currency, status="pending", failure_code=None, account=account_id,
            arrival_date=int(time.time()) + 2 * 86_400, metadata=given.get("metadata", {}),
        )  # fmt: skip
        self._emit("payout.created", made, account_id)
        return made

    def move_payout(self, payout_id: str, status: str, failure_code: str = "account_closed") -> Stored:
        """The bank says what became of it: in_transit, paid, or failed, which may come after paid."""
        payout = self.get(payout_id, "payout")
        failed = status in {"failed", "canceled"}
        if payout["status"] in {"failed", "canceled"}:
            raise Refusal(400, "", "It has come to its end.")
        payout |= {"status": status, "failure_code": failure_code if status == "failed" else None}
        if failed:
            self.balances[payout["account"], payout["currency"]] += payout["amount"]
        self._emit(f"payout.{'updated' if status == 'in_transit' else status}", payout, payout["account"])
        return payout

    def cancel_payout(self, account_id: str, payout_id: str) -> Stored:
        payout = self.get(payout_id, "payout")
        if payout["account"] != account_id:
            raise Refusal(404, "resource_missing", f"No such payout: '{payout_id}'")
        if payout["status"] != "pending":
            raise Refusal(400, "payout_not_cancelable", "Payouts can only be canceled while pending.")
        return self.move_payout(payout_id, "canceled")
