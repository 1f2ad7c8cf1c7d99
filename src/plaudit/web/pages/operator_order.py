"""One order on the operator's desk: what was paid, what went back of it, whose prices it had, and giving back more."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from plaudit.decisions.actions import open_decision
from plaudit.injected import Database
from plaudit.mail.outbox import mails_of_order
from plaudit.money import Money, exponent
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.mailboxes import mailbox_of
from plaudit.selling.orders import actions as order_actions
from plaudit.selling.orders.consents import consent_of
from plaudit.selling.orders.model import OrderState
from plaudit.selling.orders.regions import decisions_of_order
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import execution
from plaudit.selling.reversals.granularity import granularity_of
from plaudit.selling.reversals.refunds import REFUND
from plaudit.web.pages.frame import page, viewer_of


@get(
    "/operator/orders/{order_id:uuid}",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    personal=True,
    include_in_schema=False,
)
async def operator_order(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
) -> Response[str]:
    """All there is to know of an order before some of it is given back."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        order = await order_actions.find_order_of_anybody(connection, order_id)
        account = await execution.account_of(connection, order)
        reversals = await execution.reversals_of(connection, order)
        decisions = await decisions_of_order(connection, order)
        mails = await mails_of_order(connection, order.shard, order_id)
        consent = await consent_of(connection, order.shard, order_id)
        waiting = await open_decision(connection, REFUND.name, str(order_id))
        mailbox = await mailbox_of(connection, order.person_id)
        people = await people_by_ids(connection, {order.person_id, *(one.requested_by or 0 for one in reversals)})
    payable = granularity_of(payment_providers, order)
    left = Money(payable.most(account.left), account.currency)
    data: dict[str, Any] = {
        "order_id": str(order.order_id),
        "currency": account.currency,
        "places": exponent(account.currency),
        "left": {"amount_minor": left.amount_minor, "currency": left.currency},
        "coins_left": account.left.coins,
    }
    channel = channel_of(order.channel)
    refundable = order.state is OrderState.PAID and channel.is_refunded_here
    return page(
        "operator_order.html",
        viewer,
        nav="operator",
        order=order,
        account=account,
        reversals=reversals,
        decisions=decisions,
        mails=mails,
        consent=consent,
        mailbox=mailbox,
        waiting=waiting,
        people=people,
        left=left,
        given_back=Money(account.held.minor, account.currency),
        refundable=refundable and bool(left.amount_minor),
        parts=payable.parts,
        step=Money(payable.step_minor, account.currency),
        closed_store=not channel.is_refunded_here,
        data=data,
    )


router = Router("/", route_handlers=[operator_order])
