"""How a buyer can pay on the web: every provider and method on offer by name, with the one that was used last."""

from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.languages.speaking import gettext
from plaudit.ledger.shards import shard_of
from plaudit.policy.model import UnseenPayers
from plaudit.selling.prices.pricing import Price
from plaudit.selling.providers import PaymentProviders, methods_of
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class ChosenWay(msgspec.Struct, frozen=True):
    """A provider, and one of its methods when that was chosen by name."""

    provider: str
    method: str | None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way to pay."""

    provider: str
    method: Annotated[str | None, Meta(description="To be named with the provider; null: the provider asks.")]
    name: Annotated[str, Meta(description="What buyers call it.", examples=["PayPal"])]
    in_app: Annotated[bool, Meta(description="Whether it is paid in the host's own app or page, not at a provider's.")]
    can_save: Annotated[
        bool, Meta(description="Whether the card it is paid with can be saved (`save_card` of an order).")
    ]
    is_last: Annotated[bool, Meta(description="Whether the buyer paid this way the last time; of one at most.")]


async def ways(
    connection: Connection,
    person_id: int | None,
    providers: PaymentProviders,
    takers: list[str],
    web: Price,
    payers: UnseenPayers,
) -> list[Way]:
    """The ways to pay these takers at a price, in the order in which they are offered: of methods that take the money
    before anybody is judged, those by which its `payers` pay. `person_id` None: a guest."""
    last = None
    if person_id and takers:
        shard = await shard_of(connection, person_id)
        last = await fetch_one(connection, SQL["last_way"], ChosenWay, shard, person_id, takers)
    found = []
    for name in takers:
        provider = providers.get(name)
        assert provider is not None  # takers are among them
        title = provider.capabilities.title
        shown: list[tuple[str | None, str]] = [(None, title or name.capitalize())]
        if named := methods_of(provider, web.currency):
            shown = [(code, one.title) for code, one in named.items() if one.is_for(payers)]
        for method, words in shown:
            is_last = last == ChosenWay(name, method)
            found.append(
                Way(
                    provider=name,
                    method=method,
                    name=words,
                    in_app=provider.capabilities.in_app,
                    can_save=provider.capabilities.can_save and method in {None, "card"},
                    is_last=is_last,
                )
            )
    return found


def said(found: list[Way]) -> list[Way]:
    """The same with names in the language of whoever is spoken to."""
    return [msgspec.structs.replace(way, name=gettext(way.name)) for way in found]


def of_pages(found: list[Way]) -> list[Way]:
    """Those a browser can show: what is paid in the host's app only where there is nothing else."""
    return [way for way in found if not way.in_app] or found


def preferred(found: list[Way]) -> Way | None:
    """The way of one tap: the one used last, else the one that is offered first."""
    return next((way for way in found if way.is_last), found[0] if found else None)
