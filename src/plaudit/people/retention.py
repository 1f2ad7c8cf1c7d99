"""How long this room's tables keep what they hold."""

from plaudit.limits import SESSION_DAYS_KEPT, WAYS_IN_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="sign_ins",
        title="Sign-ins",
        what="Sessions, with the browser and the network (/24) they came from.",
        since="the end a session had",
        reason="Who took over an account is found by them; people see their own.",
        tables="session",
        forget="let_go_of_sessions",
        rows_at_once=WAYS_IN_FORGOTTEN_AT_ONCE,
        days=SESSION_DAYS_KEPT,
        days_min=1,
        days_max=400,
        begins_at_once=True,
    ),
    Retention(
        name="sign_in_codes",
        title="Codes to sign in, and words that somebody signed out",
        what="Codes that servers asked for, and logout tokens of platforms.",
        since="their end",
        reason="Neither is taken twice.",
        tables="sign_in_code logout_token",
        forget="let_go_of_codes",
        rows_at_once=WAYS_IN_FORGOTTEN_AT_ONCE,
        days=SESSION_DAYS_KEPT,
        days_min=1,
        days_max=90,
        begins_at_once=True,
    ),
    Retention(
        name="allowances",
        title="How often somebody asked",
        what="How many quotes, orders, papers and the like somebody asked for in an hour.",
        since="the hour",
        reason="Nobody takes more than their share; the last days are looked at when something seems wrong.",
        tables="allowance_taken",
        forget="let_go_of_allowances",
        rows_at_once=WAYS_IN_FORGOTTEN_AT_ONCE,
        days=SESSION_DAYS_KEPT,
        days_min=1,
        days_max=90,
        begins_at_once=True,
    ),
)
