"""How long this room's tables keep what they hold."""

from plaudit.limits import QUOTE_KEEP_DAYS, QUOTES_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="quotes",
        title="Quotes nobody ordered",
        what="Prices that were promised, and the tax in them.",
        since="the end of the quote",
        reason="Nothing was sold; support may still be asked about it for some days.",
        tables="quote quote_tax",
        forget="let_go_of_quotes",
        rows_at_once=QUOTES_FORGOTTEN_AT_ONCE,
        days=QUOTE_KEEP_DAYS,
        days_min=1,
        days_max=90,
        begins_at_once=True,
    ),
    Retention(
        name="checkouts",
        title="Where somebody paid",
        what="Addresses of checkouts, where buyers came back to, and numbers of vouchers. Orders stay.",
        since="the order",
        reason="Refunds and disputes come back to them for a year and more.",
        tables="recharge_order",
        forget="let_go_of_checkouts",
        rows_at_once=QUOTES_FORGOTTEN_AT_ONCE,
        days=550,
        days_min=180,
        days_max=1_830,
    ),
)
