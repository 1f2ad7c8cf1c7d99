"""How long this room's tables keep what they hold."""

from plaudit.limits import PAYOUT_ACCOUNTS_FORGOTTEN_AT_ONCE
from plaudit.retention import LAW_DAYS_MIN, Retention

KEPT = (
    Retention(
        name="unused_accounts",
        title="Bank accounts that nothing was paid to",
        what="Name and number of the account.",
        since="when it was removed",
        reason="Whether an account was added and removed by somebody else is asked soon.",
        tables="payout_method",
        forget="let_go_of_unused_accounts",
        rows_at_once=PAYOUT_ACCOUNTS_FORGOTTEN_AT_ONCE,
        days=180,
        days_min=30,
        days_max=1_830,
    ),
    Retention(
        name="paid_accounts",
        title="Bank accounts that were paid to",
        what="Name and number of the account. Payouts stay.",
        since="when it was removed, and its last payout",
        reason="Tax law asks who was paid where, ten years after the year.",
        tables="payout_method",
        forget="let_go_of_paid_accounts",
        rows_at_once=PAYOUT_ACCOUNTS_FORGOTTEN_AT_ONCE,
        days=LAW_DAYS_MIN,
        days_min=LAW_DAYS_MIN,
        days_max=5_480,
        is_law=True,
    ),
    Retention(
        name="payout_quotes",
        title="Payouts nobody asked for",
        what="What a payout would have brought.",
        since="the end of the quote",
        reason="Nothing was paid; support may still be asked about it for some days.",
        tables="payout_quote",
        forget="let_go_of_payout_quotes",
        rows_at_once=PAYOUT_ACCOUNTS_FORGOTTEN_AT_ONCE,
        days=30,
        days_min=1,
        days_max=90,
    ),
)
