"""Keys of servers, for owners: what each may do and when it was used; proposing, changing and revoking one."""

from datetime import timedelta
from typing import Annotated

from litestar import Response, Router, get
from litestar.params import FromQuery, Parameter

from plaudit.decisions.actions import bound
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import KEY_NAME_LENGTH_MAX, KEY_OVERLAP_DAYS_MAX, NOTE_LENGTH_MAX, PAGE_ROWS
from plaudit.people.access import Access
from plaudit.people.actions import list_api_keys
from plaudit.people.injected import Caller
from plaudit.people.issuers import list_issuers
from plaudit.people.model import PERSONAL_SCOPES, USUAL_SCOPES, Scope
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.proposals import proposed

KeyNumber = Annotated[int | None, Parameter(ge=1, lt=2**31)]
USUAL_LIFE_DAYS = 365
MEANT = {
    Scope.PEOPLE: "tells of people, hands them over, signs them out",
    Scope.ROOMS: "rooms of creators",
    Scope.VIDEOS: "videos",
    Scope.GIFTS: "sends gifts",
    Scope.ORDERS: "quotes, orders, purchases in stores",
    Scope.EVENTS: "reads what happened",
    Scope.MONEY_READ: "reads wallets, papers, earnings, payouts",
    Scope.PAYOUTS: "converts and asks for payouts in a person's name",
    Scope.METHODS: "says where creators are paid to",
    Scope.CONSENTS: "agrees and withdraws in a person's name",
    Scope.STEP_UP: "does what asks people for a recent sign-in",
    Scope.DATA: "has what is held of a person copied or erased",
    Scope.MERGE: "says that a person is called otherwise, or that two accounts are one",
    Scope.LIMITS: "reads a person's own limits and makes them stricter",
}


@get("/operator/keys", access=Access.OWNER, include_in_schema=False)
async def keys(
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    key: KeyNumber = None,
    start: FromQuery[int] = 0,
) -> Response[str]:
    """Keys in use first. `key`: the one to change; `start`: which of the list is the first that is shown."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        every = sorted(await list_api_keys(connection), key=lambda one: (one.revoked_at is not None, -one.id))
        issuers = [one.issuer for one in await list_issuers(connection) if one.active]
        life_days = await bound(connection, "key_life_days")
        proposals = await proposed(connection, clock, "key")
    first = max(0, start)
    return page(
        "keys.html",
        viewer,
        nav="operator",
        keys=every[first : first + PAGE_ROWS],
        chosen=next((one for one in every if one.id == key and one.revoked_at is None), None),
        issuers=issuers,
        issuer_options=[(one, one) for one in issuers],
        proposals=proposals,
        scopes=[(scope, MEANT[scope], scope in PERSONAL_SCOPES) for scope in Scope],
        usual=USUAL_SCOPES,
        next=first + PAGE_ROWS if len(every) > first + PAGE_ROWS else None,
        now=now,
        usual_end=(now + timedelta(days=min(life_days, USUAL_LIFE_DAYS))).date(),
        latest_end=(now + timedelta(days=life_days - 1)).date(),
        life_days=life_days,
        one_operator=settings.one_operator,
        name_length_max=KEY_NAME_LENGTH_MAX,
        overlap_hours_max=KEY_OVERLAP_DAYS_MAX * 24,
        note_length_max=NOTE_LENGTH_MAX,
    )


router = Router("/", route_handlers=[keys])
