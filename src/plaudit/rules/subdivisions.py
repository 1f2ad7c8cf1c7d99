"""In which part of their country people are, such as a state of the United States, as their platforms say."""

from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.countries import Country
from plaudit.statements import statements

SQL = statements(__file__)


class ToldSubdivision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where in a country somebody is. It counts as long as they are in that country."""

    country: Country
    subdivision: (
        Annotated[
            str,
            Meta(pattern=r"^[A-Z0-9]{1,3}$(?!\n)", description="Of ISO 3166-2, without its country; null: unknown."),
        ]
        | None
    )


async def tell(connection: Connection, clock: Clock, person_id: int, told: ToldSubdivision) -> None:
    """Believe it from now on, in place of what was told before."""
    if told.subdivision is None:
        await connection.execute(SQL["forget_subdivision"], person_id)
    else:
        await connection.execute(SQL["tell_subdivision"], person_id, told.country, told.subdivision, clock.now())
