"""What somebody is told of decisions about their account, and what they say against what is held of theirs."""

from contextlib import suppress
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from msgspec import Meta

from plaudit.freezes.reading import told
from plaudit.ids import new_id
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.safety import appeals
from plaudit.safety.appeals import NewAppeal
from plaudit.safety.limits import CASE_TEXT_LENGTH_MAX
from plaudit.safety.model import AppealIsOpen
from plaudit.web.pages.frame import page, viewer_of


class Objection(msgspec.Struct, frozen=True):
    """What somebody wrote."""

    text: Annotated[str, Meta(min_length=1, max_length=CASE_TEXT_LENGTH_MAX, pattern=r"\S")]


@get("/appeal", access=Access.VIEWER, include_in_schema=False)
async def appeal(caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """What stands still, notices, and what they said with its answers."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        freezes = await told(connection, caller.person_id, clock.now())
        notices = await appeals.notices(connection, caller.person_id)
        said = await appeals.list_appeals(connection, BY_TIME.after(None), PAGE_ROWS, person_id=caller.person_id)
    is_open = any(one.answered_at is None for one in said)
    return page(
        "appeal.html",
        viewer,
        nav="people",
        freezes=freezes,
        notices=notices,
        appeals=said,
        is_open=is_open,
        length_max=CASE_TEXT_LENGTH_MAX,
    )


@post("/appeal", access=Access.VIEWER, include_in_schema=False, status_code=303)
async def send(
    data: Annotated[Objection, Body(media_type=RequestEncodingType.URL_ENCODED)],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> Redirect:
    """Keep what they wrote; one at a time."""
    with suppress(AppealIsOpen):  # the page shows it
        async with database.transaction() as connection:
            await appeals.appeal(connection, clock, NewAppeal(id=new_id(clock), text=data.text), caller.person_id)
    return Redirect("/appeal", status_code=303)


router = Router("/", route_handlers=[appeal, send])
