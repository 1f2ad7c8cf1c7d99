"""Papers of sales: receipts and credit notes, to read, to print and to keep as PDF."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.mail.outbox import mails_of_order
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.selling.orders.actions import order_for
from plaudit.selling.orders.consents import consent_of
from plaudit.selling.papers.document import credit_note_document, receipt_document
from plaudit.selling.papers.model import Act
from plaudit.selling.papers.reading import credit_note_for, credit_notes_of, receipt_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking, reading
from plaudit.selling.wallet.reading import gifts_paid_by
from plaudit.web.pages.frame import page, viewer_of


@get("/receipts/{order_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def receipt(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> Response[str]:
    """The proof of a paid order, to print, with what went back of it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        order = await order_for(connection, caller, order_id)
        proof = await receipt_of(connection, order.person_id, order_id)
        credit_notes = await credit_notes_of(connection, proof)
        reversals = await reading.of_order(connection, order)
        withdrawable = await asking.withdrawable(connection, payment_providers, order, settings, clock.now())
        gifts = await gifts_paid_by(connection, order.person_id, order_id, PAGE_ROWS, clock)
        mails = await mails_of_order(connection, order.shard, order_id)
        consent = await consent_of(connection, order.shard, order_id)
    return page(
        "receipt.html",
        viewer,
        nav="wallet",
        receipt=proof,
        document_of=receipt_document,
        credit_notes=credit_notes,
        reversals=reversals,
        gone_back=Money(sum(one.amount_minor for one in reversals if one.stands), proof.currency),
        withdrawable=withdrawable,
        gifts=gifts,
        consent=consent,
        mails=mails,
    )


@get("/credit-notes/{reversal_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def credit_note(
    reversal_id: FromPath[UUID], caller: Caller, database: Database, act: FromQuery[Act] = Act.CREDIT
) -> Response[str]:
    """The proof that money went back, to print; or that it did not in the end."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        note, proof = await credit_note_for(connection, caller, reversal_id, act)
        mails = await mails_of_order(connection, note.shard, note.order_id)
    return page(
        "credit_note.html",
        viewer,
        nav="wallet",
        note=note,
        receipt=proof,
        mails=[one for one in mails if (one.reversal_id, one.edition) == (reversal_id, note.act)],
        document_of=credit_note_document,
    )


router = Router("/", route_handlers=[receipt, credit_note])
