"""Orders of everybody over HTTP, for operators."""

import re
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import Parameter, QueryParameter

from plaudit.injected import Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit
from plaudit.people.access import Access
from plaudit.problems import InvalidField
from plaudit.selling.orders import actions
from plaudit.selling.orders.answers import OrderPage, order_answer
from plaudit.selling.orders.model import Order, OrderState

_CURSOR = re.compile(r"([0-9a-f]{32})\.([0-9]{1,4})", re.ASCII)


@get(
    "/operator/orders",
    access=Access.OPERATOR,
    operation_id="ListAllOrders",
    tags=["Operator"],
    summary="Orders of everybody",
)
async def list_all_orders(
    database: Database,
    settings: Settings,
    order_state: Annotated[
        OrderState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    provider: Annotated[str | None, Parameter(pattern="^[a-z0-9_]{1,30}$", description="Only its.")] = None,
    person_id: Annotated[str | None, Parameter(pattern="^[0-9]{1,18}$", description="Only this person's.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> OrderPage:
    """Newest first. Filters add up."""
    person = None if person_id is None else int(person_id)
    async with database.read() as connection:
        found = await actions.list_all_orders(
            connection, order_state, place_of(cursor), limit + 1, provider=provider, person_id=person
        )
    page = [order_answer(order, settings.store_product_prefix) for order in found[:limit]]
    return OrderPage(page, cursor_of(found[limit - 1]) if len(found) > limit else None)


def cursor_of(order: Order) -> str:
    """The cursor of the page after an order; ids are unique in their shard only."""
    return f"{order.order_id.hex}.{order.shard}"


def place_of(cursor: str | None) -> tuple[UUID, int] | None:
    """The id and shard a cursor stands for; None without one.

    Raises:
        InvalidField: it was not made here.
    """
    if cursor is None:
        return None
    if match := _CURSOR.fullmatch(cursor):
        return UUID(match[1]), int(match[2])
    raise InvalidField(field="query.cursor", reason="must be the `next` of a page")


HANDLERS = (list_all_orders,)
