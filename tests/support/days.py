"""Days of a test's clock, whatever the hour it began at."""

from datetime import date, timedelta

from plaudit.accounting.actions import day_begins
from plaudit.clock import ManualClock
from plaudit.limits import ACCOUNTING_SETTLE_MINUTES


def end_day(clock: ManualClock) -> date:
    """Go on to the next day, so far that the day before has settled; that day."""
    now = clock.now()
    settled = day_begins(now.date() + timedelta(days=1)) + timedelta(minutes=2 * ACCOUNTING_SETTLE_MINUTES)
    clock.advance(settled - now)
    return now.date()
