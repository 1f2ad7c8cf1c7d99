"""Orders of everybody over HTTP, for operators."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import Parameter, QueryParameter
from msgspec import Meta

from plaudit.injected import Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit, Page, Places
from plaudit.people.access import Access
from plaudit.selling.orders import actions
from plaudit.selling.orders.answers import OrderAnswer, order_answer
from plaudit.selling.orders.model import OrderState

ORDERS: Places[tuple[UUID, int] | None] = Places(tuple[UUID, Annotated[int, Meta(ge=0, le=2**15 - 1)]], None)
"""The places of orders by id and shard: ids are unique in their shard only."""


@get(
    "/operator/orders",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ListAllOrders",
    personal=True,
    tags=["Operator"],
    summary="Orders of everybody",
)
async def list_all_orders(
    database: Database,
    settings: Settings,
    order_state: Annotated[
        OrderState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    provider: Annotated[str | None, Parameter(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Only its.")] = None,
    person_id: Annotated[
        str | None, Parameter(pattern=r"^[0-9]{1,18}$(?!\n)", description="Only this person's.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[OrderAnswer]:
    """Newest first. Filters add up."""
    person = None if person_id is None else int(person_id)
    async with database.read() as connection:
        found = await actions.list_all_orders(
            connection, order_state, ORDERS.after(cursor), limit + 1, provider=provider, person_id=person
        )
    return ORDERS.page(
        found,
        limit,
        lambda order: (order.order_id, order.shard),
        lambda order: order_answer(order, settings.store_product_prefix),
    )


HANDLERS = (list_all_orders,)
