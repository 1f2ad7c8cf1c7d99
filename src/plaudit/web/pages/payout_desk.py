"""Payouts made by hand, for operators: what is to be paid, what was exported and by whom, and what the bank did."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, Parameter

from plaudit.connections import Connection
from plaudit.injected import Clock, Database
from plaudit.limits import (
    PAGE_ROWS,
    PAYOUT_BANK_REFERENCE_LENGTH_MAX,
    PAYOUT_EXPORT_PAYOUTS_MAX,
    PAYOUT_OUTCOME_FILE_LENGTH_MAX,
    PAYOUT_REASON_LENGTH_MAX,
)
from plaudit.pages import BY_NUMBER, BY_TIME
from plaudit.payouts import actions, bank, exports
from plaudit.payouts.kinds import WaitsFor
from plaudit.payouts.model import Payout, PayoutFilter, PayoutState
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.manual.provider import NAME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

_WAITING = {
    WaitsFor.APPROVAL: "Nobody decided",
    WaitsFor.SENDING: "It did not leave",
    WaitsFor.ARRIVAL: "Its provider did not say that it arrived",
    WaitsFor.UNCLAIMED: "Its receiver did not take it",
    WaitsFor.HELD: "Its provider looks at it",
    WaitsFor.FUNDS: "The money is on its way within the provider",
    WaitsFor.ACCOUNT: "The receiver's account takes no money",
}
"""What a payout that waits waits for, as operators read it."""

Number = Annotated[int, Parameter(ge=1, le=2**31 - 1)]


@get("/operator/payouts", access=Access.FINANCE, personal=True, include_in_schema=False)
async def payouts(
    caller: Caller,
    database: Database,
    clock: Clock,
    payout_providers: NamedDependency[PayoutProviders],
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """What waits to be exported, the exports, and the file that says what the bank did."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        undecided = await _payouts(connection, PayoutFilter(state=PayoutState.REQUESTED))
        to_pay = await _payouts(connection, PayoutFilter(state=PayoutState.APPROVED, provider=NAME))
        overdue = await _payouts(connection, PayoutFilter(overdue_at=clock.now()))
        unclaimed = await _payouts(connection, PayoutFilter(waits_for=WaitsFor.UNCLAIMED))
        late = list({payout.id: payout for payout in [*unclaimed, *overdue]}.values())
        sums = await exports.waiting(connection)
        found = await exports.find_all(connection, BY_NUMBER.after_or_start(before), PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        people = await people_by_ids(
            connection, {payout.creator_id for payout in [*to_pay, *late]} | {one.exported_by for one in shown}
        )
    return page(
        "payout_desk.html",
        viewer,
        nav="operator",
        now=clock.now(),
        by_hand=payout_providers.get(NAME) is not None,
        providers=payout_providers.names,
        undecided=len(undecided),
        to_pay=to_pay,
        late=late,
        waiting_words=_WAITING,
        sums=sums,
        exports=shown,
        next=BY_NUMBER.next(found, PAGE_ROWS, lambda one: one.number),
        first=before is None,
        people=people,
        rows_max=PAGE_ROWS,
        export_max=PAYOUT_EXPORT_PAYOUTS_MAX,
        file_length_max=PAYOUT_OUTCOME_FILE_LENGTH_MAX,
    )


async def _payouts(connection: Connection, wanted: PayoutFilter) -> list[Payout]:
    return await actions.find_all(connection, wanted, BY_TIME.after(None), PAGE_ROWS)


@get("/operator/payouts/exports/{number:int}", access=Access.FINANCE, personal=True, include_in_schema=False)
async def export(number: Number, caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """The payouts of an export, what was marked of each, and who read their account numbers."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await exports.find(connection, number)
        items = await exports.payouts_of(connection, number)
        outcomes = await bank.outcomes_of(connection, number)
        downloads = await exports.downloads_of(connection, number, PAGE_ROWS)
        operators = {
            found.exported_by,
            *(one.downloaded_by for one in downloads),
            *(one.recorded_by for one in outcomes),
        }
        people = await people_by_ids(connection, operators | {payout.creator_id for payout in items})
    return page(
        "payout_export.html",
        viewer,
        nav="operator",
        now=clock.now(),
        export=found,
        payouts=items,
        outcomes={payout.id: [one for one in outcomes if one.payout_id == payout.id] for payout in items},
        downloads=downloads,
        people=people,
        remittance=exports.remittance,
        reference_length_max=PAYOUT_BANK_REFERENCE_LENGTH_MAX,
        reason_length_max=PAYOUT_REASON_LENGTH_MAX,
    )


router = Router("/", route_handlers=[payouts, export])
