"""What somebody says against what is held of theirs, and what they are told, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller
from plaudit.safety import appeals
from plaudit.safety.appeals import NewAppeal
from plaudit.safety.model import Appeal, AppealIsOpen, NoticeCode

_TAGS = ["People"]


class MyAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """What you said, and what you were answered."""

    id: UUID
    text: str
    made_at: datetime
    answer: Annotated[str | None, Meta(description="Null: it is being read.")]
    answered_at: datetime | None


class MyNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was decided about your account."""

    id: UUID
    code: NoticeCode
    text: Annotated[str, Meta(description="In your language.")]
    at: datetime


def _answer(one: Appeal) -> MyAppeal:
    return MyAppeal(id=one.id, text=one.text, made_at=one.made_at, answer=one.answer, answered_at=one.answered_at)


@post(
    "/v1/me/appeals",
    access=Access.VIEWER,
    operation_id="Appeal",
    tags=_TAGS,
    summary="Say that something of mine is held wrongly",
    problems=(AppealIsOpen, TooOften),
)
async def appeal(data: JSONBody[NewAppeal], caller: Caller, database: Database, clock: Clock) -> MyAppeal:
    """Somebody reads it, and you find the answer here. One at a time. Idempotent by `id`."""
    async with database.transaction() as connection:
        return _answer(await appeals.appeal(connection, clock, data, caller.person_id))


@get(
    "/v1/me/appeals",
    access=Access.VIEWER,
    operation_id="ListMyAppeals",
    tags=_TAGS,
    summary="What I said against what is held of mine",
)
async def list_my_appeals(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[MyAppeal]:
    """Newest first, with what you were answered."""
    async with database.read() as connection:
        found = await appeals.list_appeals(connection, BY_TIME.after(cursor), limit + 1, person_id=caller.person_id)
    return BY_TIME.page(found, limit, lambda one: (one.made_at, one.id), _answer)


@get(
    "/v1/me/notices",
    access=Access.VIEWER,
    operation_id="ListMyNotices",
    tags=_TAGS,
    summary="What was decided about my account",
)
async def list_my_notices(caller: Caller, database: Database) -> Page[MyNotice]:
    """Newest first; the latest alone, where there are many."""
    async with database.read() as connection:
        found = await appeals.notices(connection, caller.person_id)
    return Page([MyNotice(id=one.id, code=one.code, text=one.words, at=one.at) for one in found], None)


router = Router("/", route_handlers=[appeal, list_my_appeals, list_my_notices])
