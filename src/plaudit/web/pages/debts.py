"""What creators owe, for operators: who, how much, for how long, letting one off it, and who was let off before."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import FromQuery, Parameter

from plaudit.creators import debts
from plaudit.creators.debts import LARGEST_FIRST
from plaudit.injected import Clock, Database
from plaudit.limits import NOTE_LENGTH_MAX, PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

PersonNumber = Annotated[int | None, Parameter(ge=1, le=2**63 - 1)]


@get("/operator/debts", access=Access.FINANCE, personal=True, include_in_schema=False)
async def debts_page(
    caller: Caller,
    database: Database,
    clock: Clock,
    creator: PersonNumber = None,
    before: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """`creator` is who was chosen; `before` turns over what was written off, `after` what is owed."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        owed = await debts.list_debts(connection, LARGEST_FIRST.after_or_start(after), PAGE_ROWS + 1)
        ages = await debts.debts_by_age(connection, clock)
        chosen = await debts.debt_of(connection, creator) if creator else None
        let_off = await debts.list_write_offs(connection, BY_TIME.after_or_start(before), PAGE_ROWS + 1, creator)
        named = {one.creator_id for one in owed} | {creator or 0}
        named |= {one for done in let_off for one in (done.creator_id, done.proposed_by, done.confirmed_by)}
        people = await people_by_ids(connection, named)
    return page(
        "debts.html",
        viewer,
        nav="operator",
        debts=owed[:PAGE_ROWS],
        ages=ages,
        creator=people.get(creator) if creator else None,
        chosen=chosen,
        write_offs=let_off[:PAGE_ROWS],
        people=people,
        next=BY_TIME.next(let_off, PAGE_ROWS, lambda one: (one.written_off_at, one.decision_id)),
        next_debts=LARGEST_FIRST.next(owed, PAGE_ROWS, lambda one: (one.diamonds, one.creator_id)),
        first=before is None and after is None,
        now=clock.now(),
        reason_length_max=NOTE_LENGTH_MAX,
    )


router = Router("/", route_handlers=[debts_page])
