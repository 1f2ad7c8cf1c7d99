"""What stands on a paper, in the language that is spoken: the same for page and PDF."""

from datetime import datetime

import msgspec

from plaudit.check_codes.codes import written
from plaudit.languages.formats import (
    format_coins,
    format_instant_with_zone,
    format_money,
    format_share,
    iso_instant,
    territory_name,
    zone_of,
)
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, ngettext
from plaudit.money import Money
from plaudit.selling.papers.model import CreditNote, Receipt
from plaudit.selling.prices.channels import channel_of
from plaudit.texts import isolated, without_turns

_TAXES = {
    "VAT": later("VAT"),
    "GST": later("GST"),
    "Sales tax": later("Sales tax"),
    "Service tax": later("Service tax"),
    "Consumption tax": later("Consumption tax"),
}
"""Names in English; all others are as the country's own law has them."""
_STORE_SOLD = later(
    "%(store)s sold you these coins, not %(seller)s. This is no tax invoice: the one that counts comes from the store."
)
_WE_CONFIRM = later(
    "%(seller)s confirms that the coins reached your wallet. The total is what the store took, with any tax in it."
)
_WHY_CREDITED = {
    "withdrawal": later("You took back coins you had not spent"),
    "refund": later("Refunded"),
    "void": later("Taken back by the app store"),
    "chargeback": later("Disputed at the bank"),
}


class Fact(msgspec.Struct, frozen=True):
    """A line of what is known; `instant` when the value is a moment."""

    label: str
    value: str
    instant: str | None = None


class Line(msgspec.Struct, frozen=True):
    """A line of amounts."""

    label: str
    amount: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A paper in words."""

    title: str
    number: str
    region: str
    """Where the sale was."""
    issued_at: datetime
    seller: list[str]
    """Name, address and tax id of who issues it, line by line."""
    facts: list[Fact]
    item_label: str
    amount_label: str
    lines: list[Line]
    total: Line
    notes: list[str]
    check_code: str = ""
    """By which anybody can ask whether it is genuine; empty: it has none."""


def receipt_document(receipt: Receipt) -> Document:
    """A receipt, or the confirmation of what an app store sold."""
    title = _("Purchase confirmation") if receipt.is_confirmation else _("Receipt")
    through = f"{receipt.provider.capitalize()}, {_(channel_of(receipt.channel).place)}"
    facts = [
        Fact(_("Number"), receipt.full_number),
        Fact(_("Issued to"), _free(receipt.buyer_name)),
        _moment(_("Issued"), receipt.issued_at, receipt),
        _moment(_("Paid on"), receipt.paid_at, receipt),
        Fact(_("Paid through"), through),
        Fact(_("Country"), territory_name(receipt.region)),
        Fact(_("Order"), str(receipt.order_id)),
        *check_fact(receipt.check_code),
    ]
    if receipt.store_name:
        sold_by = ", ".join(_free(part) for part in (receipt.store_name, receipt.store_address) if part)
        facts.insert(1, Fact(_("Sold by"), sold_by))
    return Document(
        title=title,
        number=receipt.full_number,
        region=receipt.region,
        issued_at=receipt.issued_at,
        seller=_seller(receipt),
        facts=facts,
        item_label=_("Item"),
        amount_label=_("Amount"),
        lines=_sold(receipt),
        total=Line(_("Total"), _amount(receipt.gross)),
        notes=_notes(receipt),
        check_code=receipt.check_code,
    )


def check_fact(code: str) -> list[Fact]:
    """The line of a check code, if there is one."""
    return [Fact(_("Check code"), written(code))] if code else []


def _sold(receipt: Receipt) -> list[Line]:
    coins = format_coins(receipt.coins)
    if receipt.is_confirmation:
        return [Line(coins, _amount(receipt.gross))]
    return [Line(coins, _amount(receipt.net)), Line(_tax_label(receipt), _amount(receipt.tax))]


def _notes(receipt: Receipt) -> list[str]:
    purpose = _("Coins buy gifts on this platform and nothing else.")
    if not receipt.store_name:
        return [purpose]
    names = {"store": without_turns(receipt.store_name), "seller": without_turns(receipt.seller_name)}
    return [_(_STORE_SOLD, **names), _(_WE_CONFIRM, **names), purpose]


def credit_note_document(note: CreditNote, receipt: Receipt) -> Document:
    """A credit note, or its cancellation."""
    facts = [
        Fact(_("Number"), note.full_number),
        Fact(_("For receipt"), receipt.full_number),
        Fact(_("Issued to"), _free(receipt.buyer_name)),
        _moment(_("Issued"), note.issued_at, receipt),
        Fact(_("Reason"), why_credited(note)),
        Fact(_("Order"), str(note.order_id)),
        *check_fact(note.check_code),
    ]
    if note.cancelled_number:
        facts.insert(1, Fact(_("Cancels credit note"), note.cancelled_number))
    return Document(
        title=_("Cancellation of a credit note") if note.is_cancellation else _("Credit note"),
        number=note.full_number,
        region=receipt.region,
        issued_at=note.issued_at,
        seller=_seller(receipt),
        facts=facts,
        item_label=_("Item"),
        amount_label=_("Amount"),
        lines=[Line(_credited(note), _amount(note.net)), Line(_tax_label(receipt), _amount(note.tax))],
        total=Line(_("Not given back after all") if note.is_cancellation else _("Given back"), _amount(note.gross)),
        notes=[
            _("The money of this credit note came back, and so did the coins. The receipt counts as before.")
            if note.is_cancellation
            else _("The receipt counts less these amounts. The money goes back the way it was paid.")
        ],
        check_code=note.check_code,
    )


def why_credited(note: CreditNote) -> str:
    """Why money went back, with what the operator wrote to the buyer."""
    why = _(_WHY_CREDITED[note.kind])
    return f"{why}: {_free(note.reason)}" if note.kind == "refund" and note.reason else why


def _credited(note: CreditNote) -> str:
    if not note.coins:
        return _("Part of the price")
    return ngettext("%(coins)s taken back", "%(coins)s taken back", note.coins, coins=format_coins(note.coins))


def _tax_label(receipt: Receipt) -> str:
    return f"{tax_name(receipt.tax_name)} {format_share(receipt.tax_rate_bps)}"


def tax_name(name: str) -> str:
    """What a tax is called."""
    return _(_TAXES[name]) if name in _TAXES else name


def seller_lines(name: str, address: str, tax_id: str) -> list[str]:
    """Who sells, line by line."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return [name, *lines, *([_("Tax ID: %(tax_id)s", tax_id=tax_id)] if tax_id else [])]


def _seller(receipt: Receipt) -> list[str]:
    return [_free(line) for line in seller_lines(receipt.seller_name, receipt.seller_address, receipt.seller_tax_id)]


def _free(text: str) -> str:
    """What somebody wrote, so that it turns nothing beside it, nor is turned."""
    return isolated(without_turns(text))


def _moment(label: str, at: datetime, receipt: Receipt) -> Fact:
    return Fact(label, format_instant_with_zone(at, zone_of(receipt.region, at)), iso_instant(at))


def _amount(money: Money) -> str:
    return format_money(money)
