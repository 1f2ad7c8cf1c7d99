"""What is held of you: why, how long, a copy of all of it."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from plaudit.ids import new_id
from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access, check_scope
from plaudit.people.injected import Caller
from plaudit.people.model import Scope, ScopeMissing
from plaudit.personal_data import exports
from plaudit.personal_data.api import get_my_file
from plaudit.personal_data.holders import FATES, WHYS, holdings_by_kind
from plaudit.personal_data.limits import EXPORT_DAYS
from plaudit.personal_data.model import AskedBy, Asking, ExportState, ExportUnderWay
from plaudit.web.pages.frame import page, viewer_of


@get("/people/data", access=Access.VIEWER, include_in_schema=False)
async def your_data(caller: Caller, database: Database) -> Response[str]:
    """Kinds of things that are held, and copies that were made."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        made = await exports.exports_of(connection, caller.person_id)
    return page(
        "your_data.html",
        viewer,
        nav="people",
        kinds=[kind for kind, _ in holdings_by_kind()],
        whys=WHYS,
        fates=FATES,
        exports=made,
        is_waiting=any(one.state is ExportState.WAITING for one in made),
        may_ask=_may(caller),
        export_days=EXPORT_DAYS,
    )


@post("/people/data/exports", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False, status_code=303)
async def ask_for_copy(caller: Caller, database: Database, clock: Clock) -> Redirect:
    """Have a copy made; one that is under way is waited for."""
    try:
        async with database.transaction() as connection:
            await exports.ask(connection, clock, new_id(clock), caller.person_id, Asking(by=AskedBy.PERSON))
    except ExportUnderWay:
        pass
    return Redirect("/people/data", status_code=303)


@get("/people/data/exports/{export_id:uuid}", access=Access.VIEWER, scope=Scope.DATA, include_in_schema=False)
async def copy_of_data(
    export_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> Stream:
    """The file."""
    answer: Stream = await get_my_file.fn(export_id, caller, database, settings, clock)
    return answer


def _may(caller: Caller) -> bool:
    """Whether they came in a way by which they may ask."""
    try:
        check_scope(Access.VIEWER, Scope.DATA, caller)
    except ScopeMissing:
        return False
    return True


router = Router("/", route_handlers=[your_data, ask_for_copy, copy_of_data])
