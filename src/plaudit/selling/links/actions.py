"""Noting links: by the order that began with one, or by its store."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from plaudit.connections import Connection
from plaudit.problems import IdempotencyConflict
from plaudit.selling.links.model import LinkedTo, LinkNotTaken, StoreLink
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.linking import LinkToken, as_linking
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class Ordered(Protocol):
    """An order, as far as links go."""

    @property
    def shard(self) -> int: ...

    @property
    def order_id(self) -> UUID: ...

    @property
    def region(self) -> str: ...


async def begin_with(
    connection: Connection, providers: PaymentProviders, link: StoreLink | None, order: Ordered, now: datetime
) -> None:
    """Note the link an order begins with, if any, in the transaction that places it. Its payment, and money of it that
    goes back, then write what the store is to be told.

    Raises:
        LinkNotTaken: the store takes no such link, or none from the region of the order.
    """
    if link is None:
        return
    store = as_linking(providers.get(link.store))
    if store is None or not store.capabilities.link_regions:
        raise LinkNotTaken(link.store, "store")
    if order.region not in store.capabilities.link_regions:
        raise LinkNotTaken(link.store, "region")
    try:
        known = store.read_link(link.token)
    except PurchaseNotValid as error:
        raise LinkNotTaken(link.store, str(error.fields["reason"])) from error
    await note(connection, store.name, known, link.token, store.capabilities.link_report_hours, now)
    await connection.execute(SQL["link_order"], order.shard, order.order_id, store.name, known.id)


async def require_same(connection: Connection, link: StoreLink | None, order: Ordered) -> None:
    """Of an order that is placed again.

    Raises:
        IdempotencyConflict: it began with another link, or none.
    """
    known = await fetch_one(connection, SQL["link_of_order"], LinkedTo, order.shard, order.order_id)
    if known != (None if link is None else LinkedTo(link.store, link.token)):
        raise IdempotencyConflict


async def note(
    connection: Connection, provider: str, link: LinkToken, token: str | None, report_hours: int, now: datetime
) -> None:
    """Keep a link, and hold it until the transaction ends: what it led to is decided by one at a time."""
    begun_at = link.begun_at or now
    await connection.execute(SQL["note_link"], provider, link.id, token, begun_at, now, report_hours)
    await connection.fetchval(SQL["lock_link"], provider, link.id)
