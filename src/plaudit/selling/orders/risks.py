"""What banks and providers are told beside the price, so that they can tell a buyer from a thief."""

from datetime import datetime

from plaudit.connections import Connection, fixed
from plaudit.selling.orders.model import Quote
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)


async def authenticates(connection: Connection, quote: Quote, settings: Settings, now: datetime) -> bool:
    """Whether the buyer's bank is to ask them even where it need not: who never paid here, pays much, or is looked
    into."""
    if await connection.fetchval(SQL["bank_is_to_ask"], quote.person_id, now):
        return True
    if settings.authenticate_new_buyers and not await connection.fetchval(
        SQL["has_paid"], quote.shard, quote.person_id
    ):
        return True
    if not settings.authenticate_from_us_cents:
        return False
    units = await fixed(connection, SQL["reference_units"], quote.book_version, quote.channel)
    of_region = next((row for row in units if row["region"] == quote.region), None)
    if of_region is None:
        return False
    us_cents = quote.coins * of_region["reference_numerator"] // of_region["reference_denominator"]
    return bool(us_cents >= settings.authenticate_from_us_cents)
