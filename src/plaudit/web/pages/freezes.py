"""What stands still, for operators: of whom, why, until when, and having it go on."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import FromQuery, Parameter

from plaudit.freezes import reading
from plaudit.freezes.api import ACCESS
from plaudit.freezes.model import Freeze, Frozen
from plaudit.injected import Clock, Database
from plaudit.limits import (
    FREEZE_DAYS_MAX,
    FREEZE_TEXT_LENGTH_MAX,
    GRANT_PEOPLE_SHOWN_MAX,
    PAGE_ROWS,
    PERSON_NAME_LENGTH_MAX,
)
from plaudit.pages import BY_TIME
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.web.pages.frame import page, viewer_of

Who = Annotated[str, Parameter(max_length=PERSON_NAME_LENGTH_MAX)]
PersonNumber = Annotated[int | None, Parameter(ge=1, le=2**63 - 1)]

NAMES = {
    Frozen.PERSON: "Person",
    Frozen.WALLET: "Wallet",
    Frozen.LOT: "Lot",
    Frozen.CREATOR: "Creator",
    Frozen.PAYOUT_METHOD: "Payout method",
    Frozen.PAYOUT: "Payout",
    Frozen.ROOM: "Room",
    Frozen.GIFT: "Gift",
    Frozen.REWARD: "Reward",
}


@get("/operator/freezes", access=ACCESS, include_in_schema=False, personal=True)
async def freezes(
    caller: Caller,
    database: Database,
    clock: Clock,
    who: Who = "",
    person: PersonNumber = None,
    show: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`who` looks for people by number or handle; `person` is the one who was chosen; `show`: "all", or what holds."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        chosen = (await people_by_ids(connection, {person})).get(person) if person else None
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        found = await reading.list_freezes(
            connection,
            now,
            BY_TIME.after_or_start(before),
            PAGE_ROWS + 1,
            person_id=person,
            is_open=show != "all",
        )
        shown = found[:PAGE_ROWS]
        people = await people_by_ids(connection, _named(shown))
    return page(
        "freezes.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=chosen,
        freezes=shown,
        people=people,
        now=now,
        names={what.value: name for what, name in NAMES.items()},
        show="all" if show == "all" else "",
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.frozen_at, one.id)),
        first=before is None,
        text_length_max=FREEZE_TEXT_LENGTH_MAX,
        days_max=FREEZE_DAYS_MAX,
    )


def _named(shown: list[Freeze]) -> set[int]:
    ids = {id for one in shown for id in (one.person_id, one.frozen_by, one.lifted_by)}
    return {id for id in ids if id is not None}


router = Router("/", route_handlers=[freezes])
