"""Mails to buyers, for operators: what became of each, sending one again, and trying the mail server."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.mail.model import MailState
from plaudit.mail.outbox import list_mails
from plaudit.pages import BY_ID
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/mails", access=Access.SUPPORT, personal=True, include_in_schema=False)
async def mails(
    caller: Caller,
    database: Database,
    settings: Settings,
    show: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`show`: a state; one that is not known is not filtered by."""
    chosen = MailState(show) if show in set(MailState) else None
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await list_mails(connection, chosen, None, BY_ID.after_or_start(before), PAGE_ROWS + 1)
        people = await people_by_ids(connection, {one.person_id for one in found})
    return page(
        "mails.html",
        viewer,
        nav="operator",
        mails=found[:PAGE_ROWS],
        people=people,
        states=[state.value for state in MailState],
        show=chosen.value if chosen else "",
        next=BY_ID.next(found, PAGE_ROWS, lambda one: one.mail_id),
        first=before is None,
        by=settings.mail_by,
    )


router = Router("/", route_handlers=[mails])
