"""Who asked for a copy of their data, and who is to be erased, for operators: how each stands, and until when."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Clock, Database
from plaudit.limits import GRANT_PEOPLE_SHOWN_MAX, PAGE_ROWS
from plaudit.pages import BY_TIME, Place
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.personal_data import erasures, requests
from plaudit.personal_data.model import Erasure, Export, ExportState, Obstacle
from plaudit.personal_data.requests import ErasureState, answer_by, state_of
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import PersonNumber, Who

OBSTACLES = {
    "staff": "has a role over others",
    "frozen": "something of theirs stands still",
    "legal_hold": "legal hold",
    "live": "a room is live",
    "open_orders": "a purchase is under way",
    "open_reversals": "a refund or dispute is open",
    "payment_problems": "somebody looks at a payment",
    "open_payouts": "a payout is under way",
    "open_clawbacks": "what is taken back of gifts is being counted",
    "open_decisions": "a decision about them is open",
    "held_coins": "coins are set aside",
    "coins": "unspent coins",
    "gift_balance": "gift balance",
    "diamonds": "diamonds not paid out",
}


@get("/operator/data-requests", access=Access.SUPPORT, include_in_schema=False, personal=True)
async def data_requests(
    caller: Caller,
    database: Database,
    clock: Clock,
    of: FromQuery[Literal["exports", "erasures"]] = "erasures",
    who: Who = "",
    person: PersonNumber = None,
    show: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`of`: which; `who` looks for people by number or handle; `person` is the one who was chosen; `show`: a state."""
    place, now = BY_TIME.after_or_start(before), clock.now()
    states = list(ExportState) if of == "exports" else list(ErasureState)
    chosen = show if show in {*states} else ""
    found: list[Export | Erasure]
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        in_the_way: Mapping[UUID, list[Obstacle]] = {}
        if of == "exports":
            state = ExportState(chosen) if chosen else None
            found = [*await requests.list_exports(connection, place, PAGE_ROWS + 1, state=state, person_id=person)]
        else:
            wanted = ErasureState(chosen) if chosen else None
            asked = await requests.list_erasures(connection, place, PAGE_ROWS + 1, state=wanted, person_id=person)
            in_the_way = await erasures.obstacles_of(connection, asked[:PAGE_ROWS], now)
            found = [*asked]
        shown = found[:PAGE_ROWS]
        ids = {id for one in shown for id in (one.person_id, one.operator_id) if id is not None}
        people = await people_by_ids(connection, ids | ({person} if person else set()))
    return page(
        "data_requests.html",
        viewer,
        nav="operator",
        of=of,
        who=who,
        matches=matches,
        chosen=people.get(person) if person else None,
        requests=[(one, one.state if isinstance(one, Export) else state_of(one)) for one in shown],
        in_the_way=in_the_way,
        obstacles=OBSTACLES,
        answer_by=answer_by,
        people=people,
        states=[state.value for state in states],
        show=chosen,
        now=now,
        next=BY_TIME.next(found, PAGE_ROWS, _place),
    )


def _place(one: Export | Erasure) -> Place:
    return one.asked_at, one.id


router = Router("/", route_handlers=[data_requests])
