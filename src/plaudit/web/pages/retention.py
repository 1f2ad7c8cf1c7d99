"""How long things are kept, for operators: what goes when, why, when it was last looked after, and what went."""

from datetime import timedelta

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.people.injected import Caller
from plaudit.personal_data import retaining
from plaudit.personal_data.holders import kept_without_period
from plaudit.personal_data.limits import RETENTION_GRACE_DAYS, RETENTION_SUMMED_DAYS
from plaudit.personal_data.retention_api import BY_DAY, READERS
from plaudit.retention import days_kept, retentions
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/retention", access=READERS, include_in_schema=False)
async def retention(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """Each kind, and days on which something went."""
    today = clock.now().date()
    since = today - timedelta(days=RETENTION_SUMMED_DAYS)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        looks = await retaining.last_looks(connection)
        begins = await retaining.beginnings(connection, today, settings.retention_days)
        went = await retaining.went_since(connection, since)
        found = await retaining.records(connection, BY_DAY.after_or_start(before), PAGE_ROWS + 1)
    kinds = retentions()
    waiting = {name: day for name, day in begins.items() if day > today}
    return page(
        "retention.html",
        viewer,
        nav="operator",
        kinds=kinds,
        days=days_kept(settings.retention_days),
        looks=looks,
        went=went,
        waiting=waiting,
        grace_days=RETENTION_GRACE_DAYS,
        behind=sum(not one.is_done for name, one in looks.items() if name in kinds and name not in waiting),
        summed_days=RETENTION_SUMMED_DAYS,
        kept=kept_without_period(),
        records=found[:PAGE_ROWS],
        next=BY_DAY.next(found, PAGE_ROWS, lambda one: (one.day, one.rule)),
    )


router = Router("/", route_handlers=[retention])
