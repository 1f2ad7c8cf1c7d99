"""Making a mail from what is kept of its order: read, said in the language of the buyer, its paper printed."""

from collections.abc import Awaitable, Callable

import msgspec

from plaudit.brakes.reading import pause_of
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.languages.model import voice_of_buyer
from plaudit.languages.speaking import speaking
from plaudit.mail.model import Attachment, Letter, Mail, MailKind
from plaudit.mail.sending import Composer
from plaudit.people.actions import require_person
from plaudit.selling.letters import words
from plaudit.selling.letters.words import Said
from plaudit.selling.orders.actions import find_order
from plaudit.selling.orders.consents import consent_of
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.papers.press import printed
from plaudit.selling.papers.reading import credit_notes_of, receipt_of
from plaudit.selling.prices.current import seller_of
from plaudit.selling.reversals.reading import find_of_person
from plaudit.selling.reversals.rules import deadline, rule_of
from plaudit.settings import Settings

INVITING = frozenset({MailKind.VOUCHER_REMINDER})
"""Mails that would have somebody spend. All others say what happened to their money, whoever they are."""

Read = Callable[[Connection, Mail, Order, Settings], Awaitable[Callable[[], Said] | None]]
"""Reads what a mail tells, and answers what says it."""


def composer(database: Database, settings: Settings, clock: Clock) -> Composer:
    """Makes the words of mails; None for one that is overtaken: a voucher that was paid, was replaced or is over, or a
    reminder to pay of somebody who takes a break from spending."""

    async def compose(mail: Mail) -> Letter | None:
        async with database.snapshot() as connection:
            if mail.kind in INVITING and await pause_of(connection, mail.person_id, clock.now()):
                return None
            order = await find_order(connection, mail.person_id, mail.order_id)
            buyer = await require_person(connection, mail.person_id)
            say = await _READERS[mail.kind](connection, mail, order, settings)
        if say is None:
            return None
        with speaking(voice_of_buyer(buyer.language, order.region)):
            said = say()
            if said.document is None:
                return said.letter
            paper = await printed(said.document, settings)
        file = Attachment(f"{said.document.number}.pdf", said.paper_path, paper)
        return msgspec.structs.replace(said.letter, attachment=file)

    return compose


async def _receipt(connection: Connection, mail: Mail, order: Order, settings: Settings) -> Callable[[], Said] | None:
    receipt = await receipt_of(connection, mail.person_id, mail.order_id)
    rule = await rule_of(connection, receipt.region, receipt.paid_at, settings)
    until = deadline(receipt.paid_at, rule) if rule.days and not receipt.is_confirmation else None
    consent = await consent_of(connection, order.shard, order.order_id)
    return lambda: words.receipt(receipt, until, consent, settings)


async def _credit_note(
    connection: Connection, mail: Mail, order: Order, settings: Settings
) -> Callable[[], Said] | None:
    receipt = await receipt_of(connection, mail.person_id, mail.order_id)
    notes = await credit_notes_of(connection, receipt)
    note = next(one for one in notes if (one.reversal_id, one.act) == (mail.reversal_id, mail.edition))
    return lambda: words.credit_note(note, receipt, settings)


async def _withdrawal(
    connection: Connection, mail: Mail, order: Order, settings: Settings
) -> Callable[[], Said] | None:
    assert mail.reversal_id is not None
    reversal = await find_of_person(connection, mail.person_id, mail.reversal_id)
    seller = await seller_of(connection, order.region, order.created_at, settings)
    return lambda: words.withdrawal(reversal, order, seller, settings)


async def _voucher(connection: Connection, mail: Mail, order: Order, settings: Settings) -> Callable[[], Said] | None:
    voucher = order.voucher
    if order.state is not OrderState.PENDING or voucher is None or voucher.edition != mail.edition:
        return None
    seller = await seller_of(connection, order.region, order.created_at, settings)
    reminds = mail.kind is MailKind.VOUCHER_REMINDER
    return lambda: words.voucher(voucher, order, seller, settings, reminds=reminds)


_READERS: dict[MailKind, Read] = {
    MailKind.RECEIPT: _receipt,
    MailKind.CREDIT_NOTE: _credit_note,
    MailKind.WITHDRAWAL: _withdrawal,
    MailKind.VOUCHER: _voucher,
    MailKind.VOUCHER_REMINDER: _voucher,
}
