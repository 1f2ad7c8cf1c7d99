"""Withdrawing from a contract: which ones, what goes back, the confirmation, its acknowledgement with day and time."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from plaudit.connections import Connection
from plaudit.ids import new_id
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.mail.outbox import mails_of_order
from plaudit.pages import BY_ID
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.mailboxes import Mailbox, mailbox_of
from plaudit.selling.letters.form import model_form
from plaudit.selling.orders.actions import find_order, paid_orders
from plaudit.selling.prices.current import seller_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking, reading, sending
from plaudit.selling.reversals.model import (
    CoinsWereSpent,
    Kind,
    NothingLeftToRefund,
    WithdrawalNotPossible,
    WithdrawalRequest,
)
from plaudit.web.pages.frame import page, viewer_of


class Confirmed(msgspec.Struct, frozen=True):
    """That a withdrawal is meant; the id was made with the page that asked, so that a second press does nothing."""

    id: UUID


@get("/withdraw", access=Access.VIEWER, include_in_schema=False)
async def contracts(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """The purchases, the latest first; those that can be withdrawn from with the way to do so."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await paid_orders(connection, caller.person_id, BY_ID.after_or_start(before), PAGE_ROWS + 1)
        paid = found[:PAGE_ROWS]
        possible = await asking.withdrawables(connection, payment_providers, paid, settings, clock.now())
    return page(
        "withdraw.html",
        viewer,
        nav="wallet",
        orders=paid,
        possible=possible,
        next=BY_ID.next(found, PAGE_ROWS, lambda one: one.order_id),
    )


@get("/orders/{order_id:uuid}/withdraw", access=Access.VIEWER, include_in_schema=False)
async def statement(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> Response[str]:
    """The statement of a withdrawal, to be confirmed; or why there is none."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        order = await find_order(connection, caller.person_id, order_id)
        possible = await asking.withdrawable(connection, payment_providers, order, settings, clock.now())
        mailbox = await mailbox_of(connection, caller.person_id)
    return page(
        "withdraw_confirm.html",
        viewer,
        nav="wallet",
        order=order,
        possible=possible,
        mailed=_is_mailed(mailbox, settings),
        id=new_id(clock),
    )


@post("/orders/{order_id:uuid}/withdraw", access=Access.VIEWER, include_in_schema=False, status_code=303)
async def confirm(
    order_id: FromPath[UUID],
    data: Annotated[Confirmed, Body(media_type=RequestEncodingType.URL_ENCODED)],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> Redirect:
    """Withdraw, and lead to the acknowledgement; or back, to what is so now."""
    asked = WithdrawalRequest(id=data.id, order_id=order_id)
    try:
        await sending.withdraw(database, payment_providers, caller.person_id, asked, settings, clock)
    except (CoinsWereSpent, NothingLeftToRefund, WithdrawalNotPossible):
        return Redirect(f"/orders/{order_id}/withdraw", status_code=303)
    return Redirect(f"/withdrawals/{data.id}", status_code=303)


@get("/withdrawals/{reversal_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def acknowledgement(reversal_id: FromPath[UUID], caller: Caller, database: Database) -> Response[str]:
    """That a withdrawal has arrived, when, and what of. It stays, and can be printed."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        reversal = await reading.find_of_person(connection, caller.person_id, reversal_id)
        order = await find_order(connection, caller.person_id, reversal.order_id)
        mails = await mails_of_order(connection, reversal.shard, reversal.order_id)
    return page(
        "withdrawn.html",
        viewer,
        nav="wallet",
        reversal=reversal,
        order=order,
        is_withdrawal=reversal.kind is Kind.WITHDRAWAL,
        mails=[one for one in mails if one.reversal_id == reversal_id],
    )


@get("/withdrawal-form", access=Access.PUBLIC, include_in_schema=False)
async def form(caller: CallerOrGuest, database: Database, settings: Settings, clock: Clock) -> Response[str]:
    """The model form of the law, for who prefers a letter."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        region = (viewer.person and viewer.person.country) or settings.default_region
        seller = await _seller(connection, region, settings, clock)
    return page("withdrawal_form.html", viewer, seller=seller, form_of=model_form)


def _is_mailed(mailbox: Mailbox | None, settings: Settings) -> bool:
    """Whether somebody is mailed: a platform that mails needs no address here, but nobody is mailed who wants none."""
    if settings.mail_by == "webhook":
        return mailbox is None or mailbox.removed_at is None
    return settings.mail_by == "smtp" and mailbox is not None and mailbox.is_good


async def _seller(connection: Connection, region: str, settings: Settings, clock: Clock) -> tuple[str, str]:
    """Name and address of who sells there."""
    found = await seller_of(connection, region, clock.now(), settings)
    return found.name, found.address


router = Router("/", route_handlers=[contracts, statement, confirm, acknowledgement, form])
