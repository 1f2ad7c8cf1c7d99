"""The words of mails to buyers, in the language that is spoken."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from plaudit.languages.formats import format_coins, format_instant_with_zone, format_money, zone_of
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import voice
from plaudit.mail.model import Letter, Link
from plaudit.money import Money
from plaudit.selling.orders.consents import Consent
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.vouchers import voucher_number
from plaudit.selling.papers.document import Document, credit_note_document, receipt_document, seller_lines
from plaudit.selling.papers.model import CreditNote, Receipt
from plaudit.selling.prices.legal import links_of
from plaudit.selling.prices.pricing import SellerOfRecord
from plaudit.selling.providers.news import Voucher
from plaudit.selling.reversals.model import Reversal
from plaudit.settings import Settings


class Said(NamedTuple):
    """A letter, and the paper that goes with it, before it is printed."""

    letter: Letter
    document: Document | None = None
    paper_path: str = ""


def receipt(paper: Receipt, until: datetime | None, consent: Consent | None, settings: Settings) -> Said:
    """The proof of what was bought, and of what was agreed to; `until`: when its buyer can withdraw from it no more, if
    they can here."""
    document = receipt_document(paper)
    bought = _("You bought %(coins)s for %(price)s.", coins=format_coins(paper.coins), price=format_money(paper.gross))
    link = Link(_("See it here"), f"{settings.public_url}/receipts/{paper.order_id}")
    path = f"/v1/receipts/{paper.order_id}/pdf"
    letter = _of_paper(document, (bought,), link)
    links = legal_links(settings, paper.region, paper.seller_code)
    facts = letter.facts
    if until is not None:
        here = f"{settings.public_url}/orders/{paper.order_id}/withdraw"
        form = f"{settings.public_url}/withdrawal-form"
        links = (Link(_("Withdraw from contract here"), here), Link(_("Model withdrawal form"), form), *links)
        ends = format_instant_with_zone(until, zone_of(paper.region, until))
        facts = (*facts, (_("Can be taken back until"), ends))
    agreed: tuple[str, ...] = ()
    if consent is not None:
        at = format_instant_with_zone(consent.given_at, zone_of(paper.region, consent.given_at))
        agreed = (f"{_('You agreed on %(moment)s:', moment=at)} {consent.words}",)
    paragraphs = (*letter.paragraphs, *agreed)
    return Said(msgspec.structs.replace(letter, paragraphs=paragraphs, facts=facts, links=links), document, path)


def legal_links(settings: Settings, region: str, seller_code: str) -> tuple[Link, ...]:
    """Where a seller's terms and the like are read."""
    return tuple(Link(_(link.title), link.address) for link in links_of(settings, region, seller_code))


def credit_note(note: CreditNote, paper: Receipt, settings: Settings) -> Said:
    """The proof of what went back, or that it did not in the end."""
    document = credit_note_document(note, paper)
    act = f"?act={note.act}" if note.is_cancellation else ""
    link = Link(_("See it here"), f"{settings.public_url}/credit-notes/{note.reversal_id}{act}")
    return Said(_of_paper(document, (), link), document, f"/v1/credit-notes/{note.reversal_id}/pdf{act}")


def withdrawal(reversal: Reversal, order: Order, seller: SellerOfRecord, settings: Settings) -> Said:
    """The acknowledgement of a withdrawal: what was withdrawn from, and when that arrived."""
    arrived = _moment(reversal.created_at, order)
    coins, amount = format_coins(reversal.coins), format_money(reversal.amount)
    letter = Letter(
        language=voice().language.tag,
        subject=_("Your withdrawal has arrived"),
        paragraphs=(
            _("We have received your withdrawal from the contract about these coins on %(moment)s.", moment=arrived),
            _("%(amount)s goes back the way you paid.", amount=amount),
        ),
        facts=(
            (_("Order"), str(order.order_id)),
            (_("Ordered"), _moment(order.created_at, order)),
            (_("Coins taken back"), coins),
            (_("Amount"), amount),
            (_("Received"), arrived),
        ),
        link=Link(_("See it here"), f"{settings.public_url}/withdrawals/{reversal.reversal_id}"),
        closing=tuple(seller_lines(seller.name, seller.address, seller.tax_id)),
        links=legal_links(settings, order.region, seller.code),
    )
    return Said(letter)


def voucher(paid_with: Voucher, order: Order, seller: SellerOfRecord, settings: Settings, *, reminds: bool) -> Said:
    """What is still to be paid, with which numbers, and until when."""
    missing = format_money(Money(paid_with.missing_minor, order.currency))
    until = _moment(paid_with.pay_by, order) if paid_with.pay_by else ""
    coins = format_coins(order.coins)
    subject = _("Not yet paid: %(coins)s", coins=coins)
    if reminds:
        subject = _("Reminder: pay for %(coins)s by %(moment)s", coins=coins, moment=until)
    letter = Letter(
        language=voice().language.tag,
        subject=subject,
        paragraphs=(
            _("Pay %(price)s with these numbers by %(moment)s.", price=missing, moment=until)
            if until
            else _("Pay %(price)s with these numbers.", price=missing),
            _("%(coins)s will be in your wallet when the money has arrived.", coins=coins),
        ),
        facts=(
            *((voucher_number(number.name), number.value) for number in paid_with.numbers),
            (_("Order"), str(order.order_id)),
        ),
        link=Link(_("Show the voucher"), paid_with.url or f"{settings.public_url}/orders/{order.order_id}"),
        closing=tuple(seller_lines(seller.name, seller.address, seller.tax_id)),
        links=legal_links(settings, order.region, seller.code),
    )
    return Said(letter)


def _of_paper(document: Document, before: tuple[str, ...], link: Link) -> Letter:
    amounts = [(line.label, line.amount) for line in (*document.lines, document.total)]
    return Letter(
        language=voice().language.tag,
        subject=f"{document.title} {document.number}",
        paragraphs=(*before, *document.notes, _("The paper is attached as PDF.")),
        facts=(*((fact.label, fact.value) for fact in document.facts), *amounts),
        link=link,
        closing=tuple(document.seller),
    )


def _moment(at: datetime, order: Order) -> str:
    return format_instant_with_zone(at, zone_of(order.region, at))
