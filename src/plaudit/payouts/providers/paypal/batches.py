"""Batches of PayPal Payouts, each with the one item that is a payout here: how they are written, and what they say."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from plaudit.money import Money
from plaudit.payouts.kinds import ProviderWait
from plaudit.payouts.providers.base import PayoutOrder, PayoutStatus, ProviderPayout
from plaudit.payouts.providers.paypal.limits import PAYPAL_CLAIM_DAYS
from plaudit.providers import ProviderUnavailable
from plaudit.selling.providers.paypal.money import NAME, Amount

_BATCH = re.compile(r"/v1/payments/payouts/([A-Za-z0-9_-]{1,64})$")

# Of items. What PayPal may say and is not here is no answer.
_STATUS = {
    "SUCCESS": PayoutStatus.PAID,
    "PENDING": PayoutStatus.PROCESSING,
    "NEW": PayoutStatus.PROCESSING,
    "UNCLAIMED": PayoutStatus.PROCESSING,
    "ONHOLD": PayoutStatus.PROCESSING,
    "FAILED": PayoutStatus.UNDONE,
    "BLOCKED": PayoutStatus.UNDONE,
    "DENIED": PayoutStatus.UNDONE,
    "CANCELED": PayoutStatus.UNDONE,
    "RETURNED": PayoutStatus.UNDONE,
    "REFUNDED": PayoutStatus.UNDONE,
    "REVERSED": PayoutStatus.UNDONE,
}
_WAIT = {"UNCLAIMED": ProviderWait.UNCLAIMED, "ONHOLD": ProviderWait.HELD}
_BATCH_ENDED = frozenset({"DENIED", "CANCELED"})


class _Money(msgspec.Struct, frozen=True):
    currency: str
    value: str


class _ItemDetail(msgspec.Struct, frozen=True):
    amount: _Money
    sender_item_id: str = ""


class _Errors(msgspec.Struct, frozen=True):
    name: str = ""


class Item(msgspec.Struct, frozen=True):
    """A payout as PayPal keeps it."""

    payout_item_id: str
    payout_item: _ItemDetail
    transaction_status: str = "PENDING"
    time_processed: datetime | None = None
    errors: _Errors | None = None


class _Header(msgspec.Struct, frozen=True):
    payout_batch_id: str
    batch_status: str


class Batch(msgspec.Struct, frozen=True):
    """A batch with its items; those of a new one are not there yet."""

    batch_header: _Header
    items: list[Item] = []

    @property
    def id(self) -> str:
        return self.batch_header.payout_batch_id

    def item_of(self, payout_id: UUID) -> Item | None:
        return next((item for item in self.items if item.payout_item.sender_item_id == str(payout_id)), None)

    def payout(self, payout_id: UUID, money: Money | None) -> ProviderPayout:
        """What it says of a payout; `money`: what was asked for, while there is no item to read it from.

        Raises:
            ProviderUnavailable: it cannot be read, or does not hold this payout.
        """
        item = self.item_of(payout_id)
        if item is None:
            if money is None or self.items:
                raise ProviderUnavailable(NAME, detail=f"batch {self.id} does not show payout {payout_id} (yet)")
            ended = self.batch_header.batch_status in _BATCH_ENDED
            status = PayoutStatus.UNDONE if ended else PayoutStatus.PROCESSING
            reason = f"batch {self.batch_header.batch_status}" if ended else None
            return ProviderPayout(payout_id=payout_id, reference=self.id, status=status, money=money, reason=reason)
        return _of_item(item, payout_id, self.id, denied=self.batch_header.batch_status in _BATCH_ENDED)


def _of_item(item: Item, payout_id: UUID, reference: str, *, denied: bool) -> ProviderPayout:
    said = item.transaction_status
    status = PayoutStatus.UNDONE if denied else _STATUS.get(said)
    if status is None:
        raise ProviderUnavailable(NAME, detail=f"it calls payout {payout_id} {said}, which is not known here")
    reason = " ".join(name for name in (said, item.errors.name if item.errors else "") if name)
    wait = _WAIT.get(said) if status is PayoutStatus.PROCESSING else None
    ends = item.time_processed if wait is ProviderWait.UNCLAIMED else None
    return ProviderPayout(
        payout_id=payout_id,
        reference=reference,
        status=status,
        money=_read(item.payout_item.amount),
        reason=reason if status is PayoutStatus.UNDONE else None,
        wait=wait,
        wait_until=None if ends is None else ends + timedelta(days=PAYPAL_CLAIM_DAYS),
    )


def _read(amount: _Money) -> Money:
    try:
        return Amount(amount.currency, amount.value).money()
    except ValueError as error:
        raise ProviderUnavailable(NAME, detail="it names an amount that is none") from error


def body_of(order: PayoutOrder, receiver: str, seller: str) -> dict[str, Any]:
    """The batch of one payout. Its id is the payout's, so that PayPal refuses a second one."""
    written = Amount.of(order.money)
    return {
        "sender_batch_header": {
            "sender_batch_id": str(order.payout_id),
            "email_subject": f"{seller} has paid you" if seller else "You have been paid",
        },
        "items": [
            {
                "recipient_type": "EMAIL" if "@" in receiver else "PAYPAL_ID",
                "amount": {"value": written.value, "currency": written.currency_code},
                "receiver": receiver,
                "sender_item_id": str(order.payout_id),
            }
        ],
    }


def batch_in(links: list[str]) -> str | None:
    """The batch that a refusal leads to; None: to none."""
    found = (_BATCH.search(link) for link in links)
    return next((match.group(1) for match in found if match), None)
