"""How long this room's tables keep what they hold."""

from plaudit.retention import Retention
from plaudit.rules.limits import RULES_FORGOTTEN_AT_ONCE, TALLIES_KEPT_DAYS, TALLY_DAYS_MAX

KEPT = (
    Retention(
        name="rule_tallies",
        title="How often rules refused",
        what="Counts by day and rule, about nobody.",
        since="the day",
        reason="A year is compared with the one before.",
        tables="rule_tally",
        forget="let_go_of_tallies",
        rows_at_once=RULES_FORGOTTEN_AT_ONCE,
        days=TALLIES_KEPT_DAYS,
        days_min=TALLY_DAYS_MAX,
        days_max=1_830,
        begins_at_once=True,
    ),
    Retention(
        name="rule_decisions",
        title="Where and how old somebody was for a rule",
        what="Countries and ages that an order, a conversion or a payout was decided by. Which rule held stays.",
        since="the decision",
        reason="They prove that minors were kept out and laws of places were kept, until claims lapse.",
        tables="rule_decision",
        forget="let_go_of_rule_places",
        rows_at_once=RULES_FORGOTTEN_AT_ONCE,
        days=1_461,
        days_min=366,
        days_max=4_018,
    ),
    Retention(
        name="age_assurances",
        title="Ages that hold no longer",
        what="What was known of somebody’s age, and how.",
        since="when it was revoked, or over",
        reason="Whether somebody was let in rightly can be asked for a while.",
        tables="age_assurance",
        forget="let_go_of_ages",
        rows_at_once=RULES_FORGOTTEN_AT_ONCE,
        days=365,
        days_min=30,
        days_max=1_830,
    ),
)
