"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="earnings_country", codes="country", kind=kinds.EARNINGS, of="creator_id"),
    Holding(table="earnings_gift", codes="kind country", kind=kinds.EARNINGS, of="creator_id"),
    Holding(table="earnings_line", codes="reason currency", kind=kinds.EARNINGS, of="creator_id"),
    Holding(table="earnings_month", kind=kinds.EARNINGS, of="creator_id"),
    Holding(
        table="earnings_statement",
        codes="issuer_name issuer_address issuer_tax_id",
        personal="creator_name reason",
        hidden="hash",
        kind=kinds.PAPERS,
        of="creator_id",
        stays="Statements stay whole, as they were issued: their numbers have no gaps.",
    ),
    *about_nobody(earnings_position="", earnings_series="", earnings_threshold="form source"),
)
