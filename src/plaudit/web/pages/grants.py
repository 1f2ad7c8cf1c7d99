"""Giving coins away, for operators: who gets them, why, and what was given before."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import FromQuery, Parameter

from plaudit.injected import Clock, Database
from plaudit.limits import (
    GRANT_COINS_PER_OPERATOR_DAY_MAX,
    GRANT_COINS_PER_PERSON_DAY_MAX,
    GRANT_PEOPLE_SHOWN_MAX,
    GRANT_REASON_LENGTH_MAX,
    PAGE_ROWS,
    PERSON_NAME_LENGTH_MAX,
)
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.selling.grants import actions
from plaudit.selling.wallet import reading as wallets
from plaudit.web.pages.frame import page, viewer_of

Who = Annotated[str, Parameter(max_length=PERSON_NAME_LENGTH_MAX)]
PersonNumber = Annotated[int | None, Parameter(ge=1, le=2**63 - 1)]


@get("/operator/grants", access=Access.SUPPORT, personal=True, include_in_schema=False)
async def grants(
    caller: Caller,
    database: Database,
    clock: Clock,
    who: Who = "",
    person: PersonNumber = None,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`who` looks for people by number or handle; `person` is the one who was chosen."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        chosen = (await people_by_ids(connection, {person})).get(person) if person else None
        wallet = await wallets.read_wallet(connection, chosen.id) if chosen else None
        holds = await wallets.held(connection, chosen.id, wallet) if chosen and wallet else []
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        found = await actions.list_grants(connection, BY_TIME.after_or_start(before), PAGE_ROWS + 1, person_id=person)
        shown = found[:PAGE_ROWS]
        people = await people_by_ids(
            connection, {one for grant in shown for one in (grant.person_id, grant.granted_by)}
        )
        left = await actions.left_today(connection, clock, person, caller.person_id)
    return page(
        "grants.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=chosen,
        wallet=wallet,
        holds=holds,
        grants=shown,
        people=people,
        next=BY_TIME.next(found, PAGE_ROWS, lambda grant: (grant.granted_at, grant.grant_id)),
        first=before is None,
        coins_left=left,
        operator_coins_max=GRANT_COINS_PER_OPERATOR_DAY_MAX,
        person_coins_max=GRANT_COINS_PER_PERSON_DAY_MAX,
        reason_length_max=GRANT_REASON_LENGTH_MAX,
    )


router = Router("/", route_handlers=[grants])
