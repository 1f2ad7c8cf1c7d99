"""How long things are kept, over HTTP: for operators, what went and who is held; holding somebody, and no longer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import Meta

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page, Places
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.personal_data import holds, retaining
from plaudit.personal_data.model import HoldIsOver, LegalHold, LiftedHold, NewHold, OwnHold
from plaudit.personal_data.retaining import RetentionDay
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.retention import days_kept, retentions

TAGS = ["Personal data"]
READERS = frozenset({Access.SUPPORT, Access.SAFETY})
BY_DAY: Places[tuple[date, str]] = Places(tuple[date, Annotated[str, Meta(max_length=60)]], (date.max, "~"))
"""Lists by day and kind, the newest first."""
OfPerson = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only of this person.")]


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Things of one kind, and how long they are kept."""

    name: Annotated[str, Meta(description="As `PLAUDIT_RETENTION_DAYS` calls it.", examples=["words"])]
    title: str
    what: Annotated[str, Meta(description="What goes.")]
    since: Annotated[str, Meta(description="What its age is counted from.")]
    reason: Annotated[str, Meta(description="Why it is kept so long, and no longer.")]
    is_law: Annotated[bool, Meta(description="Whether a law asks for it.")]
    days: Annotated[int, Meta(description="The period in force.")]
    days_usual: int
    days_min: int
    days_max: int
    begins_on: Annotated[
        date,
        Meta(
            description="Before this day (UTC) nothing goes: an update that brings a kind leaves time to look at its "
            "period. A kind that `PLAUDIT_RETENTION_DAYS` names does not wait."
        ),
    ]
    looked_at: Annotated[datetime | None, Meta(description="When it was last looked after; null: never.")]
    through: Annotated[
        datetime | None,
        Meta(description="What was from then or older went, unless its person is held; null: nothing yet."),
    ]
    is_done: Annotated[bool, Meta(description="False: more is due, and goes with the next looks, from `begins_on` on.")]


class KeptListing(msgspec.Struct, frozen=True):
    """Every kind of things that go when they are old."""

    kinds: list[KeptAnswer]


class LetGoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What went of one kind on a day, in UTC."""

    name: str
    day: date
    days: Annotated[int, Meta(description="The period in force then.")]
    rows: int
    through: datetime


class LegalHoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """That what is kept of somebody is kept on."""

    id: UUID
    person_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_because: str | None


class HeldAnswer(msgspec.Struct, frozen=True):
    """Somebody of whom nothing goes because it is old."""

    person_id: str
    why: Annotated[
        list[str],
        Meta(description="`legal_hold`, `frozen`, `reversal`, `payment_problem` or `decision`, each still open."),
    ]


def hold_answer(found: LegalHold) -> LegalHoldAnswer:
    return LegalHoldAnswer(
        id=found.id,
        person_id=str(found.person_id),
        reason=found.reason,
        placed_by=str(found.placed_by),
        placed_at=found.placed_at,
        lifted_by=None if found.lifted_by is None else str(found.lifted_by),
        lifted_at=found.lifted_at,
        lifted_because=found.lifted_because,
    )


def _let_go(found: RetentionDay) -> LetGoAnswer:
    return LetGoAnswer(name=found.rule, day=found.day, days=found.days, rows=found.rows, through=found.through)


@get(
    "/operator/retention",
    access=READERS,
    operation_id="GetRetention",
    tags=TAGS,
    summary="How long things are kept",
)
async def get_retention(database: Database, settings: Settings, clock: Clock) -> KeptListing:
    """Each kind with its period, why, from when it goes, and when it was last looked after."""
    today = clock.now().date()
    async with database.read() as connection:
        looks = await retaining.last_looks(connection)
        begins = await retaining.beginnings(connection, today, settings.retention_days)
    days = days_kept(settings.retention_days)
    return KeptListing(
        [
            KeptAnswer(
                name=one.name,
                title=one.title,
                what=one.what,
                since=one.since,
                reason=one.reason,
                is_law=one.is_law,
                days=days[one.name],
                days_usual=one.days,
                days_min=one.days_min,
                days_max=one.days_max,
                begins_on=begins[one.name],
                looked_at=look.looked_at if (look := looks.get(one.name)) else None,
                through=look.through if look and begins[one.name] <= today else None,
                is_done=look.is_done if look else False,
            )
            for one in retentions().values()
        ]
    )


@get(
    "/operator/retention/days",
    access=READERS,
    operation_id="ListLetGo",
    tags=TAGS,
    summary="What went because it was old",
)
async def list_let_go(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[LetGoAnswer]:
    """By day and kind, the newest first: how much, and up to when. Not what it was."""
    async with database.read() as connection:
        found = await retaining.records(connection, BY_DAY.after(cursor), limit + 1)
    return BY_DAY.page(found, limit, lambda one: (one.day, one.rule), _let_go)


@get(
    "/operator/held-people",
    access=Access.SAFETY,
    operation_id="ListHeldPeople",
    personal=True,
    tags=TAGS,
    summary="Of whom nothing goes because it is old",
)
async def list_held_people(database: Database) -> Page[HeldAnswer]:
    """As long as a hold, a freeze, a refund or dispute, a doubtful payment or a decision about them is open."""
    async with database.read() as connection:
        return Page([HeldAnswer(str(one.person_id), one.why) for one in await retaining.held_people(connection)], None)


@post(
    "/operator/legal-holds",
    access=Access.SAFETY,
    operation_id="PlaceLegalHold",
    tags=TAGS,
    summary="Keep what is held of somebody",
    problems=(NotFound, OwnHold, IdempotencyConflict),
)
async def place_hold(data: JSONBody[NewHold], caller: Caller, database: Database, clock: Clock) -> LegalHoldAnswer:
    """Nothing of them goes because it is old, and they are not erased, until it is lifted. They go on as before."""
    async with database.transaction() as connection:
        return hold_answer(await holds.place(connection, clock, data, caller.person_id))


@post(
    "/operator/legal-holds/{hold_id:uuid}/lift",
    access=Access.SAFETY,
    operation_id="LiftLegalHold",
    tags=TAGS,
    status_code=200,
    summary="Let it go again",
    problems=(NotFound, OwnHold, HoldIsOver),
)
async def lift_hold(
    hold_id: FromPath[UUID], data: JSONBody[LiftedHold], caller: Caller, database: Database, clock: Clock
) -> LegalHoldAnswer:
    """What is old by then goes with the next look. Repeating it with the same reason changes nothing."""
    async with database.transaction() as connection:
        return hold_answer(await holds.lift(connection, clock, hold_id, data.reason, caller.person_id))


@get(
    "/operator/legal-holds",
    access=Access.SAFETY,
    operation_id="ListLegalHolds",
    personal=True,
    tags=TAGS,
    summary="Legal holds",
)
async def list_holds(
    database: Database,
    is_open: Annotated[bool, QueryParameter(name="open", description="Only what still holds.")] = False,
    person_id: OfPerson = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[LegalHoldAnswer]:
    """The newest first."""
    person = int(person_id) if person_id else None
    async with database.read() as connection:
        found = await holds.list_holds(connection, BY_TIME.after(cursor), limit + 1, person_id=person, is_open=is_open)
    return BY_TIME.page(found, limit, lambda one: (one.placed_at, one.id), hold_answer)


router = Router(
    "/v1",
    route_handlers=[get_retention, list_let_go, list_held_people, place_hold, lift_hold, list_holds],
)
