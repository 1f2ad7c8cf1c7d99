"""How long this room's tables keep what they hold."""

from plaudit.limits import PLACES_FORGOTTEN_AT_ONCE, QUOTE_KEEP_DAYS
from plaudit.retention import LAW_DAYS_MIN, Retention

KEPT = (
    Retention(
        name="quoted_places",
        title="Where somebody was who only asked",
        what="Decisions about the region of a price that was never ordered, with their evidence.",
        since="the decision; once its quote is gone",
        reason="Nothing was sold, so nobody asks for it.",
        tables="region_decision",
        forget="let_go_of_quoted_places",
        rows_at_once=PLACES_FORGOTTEN_AT_ONCE,
        days=QUOTE_KEEP_DAYS,
        days_min=1,
        days_max=90,
        begins_at_once=True,
    ),
    Retention(
        name="places",
        title="Where a buyer was",
        what="Networks (/24), and what sources said beside the country. The country stays with the sale.",
        since="the decision",
        reason="Tax law asks for evidence of the place of a sale ten years after its year (EU 282/2011, Article 63c).",
        tables="region_decision",
        forget="let_go_of_places",
        rows_at_once=PLACES_FORGOTTEN_AT_ONCE,
        days=LAW_DAYS_MIN,
        days_min=LAW_DAYS_MIN,
        days_max=5_480,
        is_law=True,
    ),
)
