"""How long this room's tables keep what they hold."""

from plaudit.limits import INVITATIONS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="guardian_invitations",
        title="Invitations of guardians",
        what="Who asked to answer for a minor, and which minor answered. Who answers for whom stays.",
        since="the invitation",
        reason="Who misused an invitation is looked for soon after.",
        tables="guardian_invitation",
        forget="let_go_of_invitations",
        rows_at_once=INVITATIONS_FORGOTTEN_AT_ONCE,
        days=30,
        days_min=2,
        days_max=400,
        begins_at_once=True,
    ),
)
