"""Cases of minors, for operators: what was spent without leave, who would lose what, and how far each case is."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, Parameter

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS, REVERSAL_REASON_LENGTH_MAX
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.problems import InvalidField
from plaudit.rules.facts import facts_of_one
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import minors, minors_plan
from plaudit.selling.reversals.minors_api import case_answer
from plaudit.selling.reversals.minors_model import MinorPeriod
from plaudit.web.pages.frame import page, viewer_of

_Number = Annotated[int | None, Parameter(ge=1, le=10**18 - 1)]


@get(
    "/operator/minor-refunds",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    personal=True,
    include_in_schema=False,
)
async def minor_refunds(
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
    person: _Number = None,
    first: FromQuery[date | None] = None,
    last: FromQuery[date | None] = None,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`person`, `first` and `last`: whose purchases of which days (UTC) are looked at."""
    plan, fault, age = None, "", None
    async with database.transaction() as connection:
        viewer = await viewer_of(connection, caller)
        chosen = (await people_by_ids(connection, {person})).get(person) if person else None
        if chosen and first and last:
            asked = MinorPeriod(person_id=str(chosen.id), since=_begins(first), until=_begins(last + timedelta(days=1)))
            age = (await facts_of_one(connection, chosen.id, clock.now())).age
            try:
                plan = await minors_plan.plan(connection, payment_providers, asked, clock)
            except InvalidField as error:
                fault = str(error.fields["reason"])
        found = await minors.list_cases(connection, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        cases = [await case_answer(connection, one) for one in found[:PAGE_ROWS]]
        losers = {int(one.creator_id) for case in cases for one in case.creators}
        losers |= {int(one.creator_id) for one in plan.creators} if plan else set()
        people = await people_by_ids(connection, losers | {int(one.person_id) for one in cases})
    return page(
        "minor_refunds.html",
        viewer,
        nav="operator",
        number=person,
        chosen=chosen,
        first=first,
        last=last,
        plan=plan,
        fault=fault,
        age=age,
        cases=cases,
        people={str(one): found for one, found in people.items()},
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.decided_at, one.id)),
        reason_length_max=REVERSAL_REASON_LENGTH_MAX,
    )


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


router = Router("/", route_handlers=[minor_refunds])
