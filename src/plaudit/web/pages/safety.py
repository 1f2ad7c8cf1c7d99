"""Cases, for operators of safety: who is looked into, what people say, accounts that may be one person's."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery, Parameter

from plaudit.connections import Connection
from plaudit.freezes.model import Frozen
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_TIME, Place
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.safety import appeals, cases, proposals
from plaudit.safety.limits import CASE_FINDINGS_TOLD_MAX, CASE_TEXT_LENGTH_MAX, STEP_DAYS_MAX
from plaudit.safety.model import NOTICES, Appeal, Case, EntryKind, LinkProposal
from plaudit.safety.rulebook import STEP_WORDS, shipped
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import NAMES, PersonNumber

Show = Annotated[Literal["open", "decided", "appeals", "links"], Parameter(description="What is listed.")]
ENTRIES = {
    EntryKind.OPENED: "Opened",
    EntryKind.FINDING: "Found",
    EntryKind.NOTE: "Note",
    EntryKind.ASSIGNED: "Given to",
    EntryKind.STEP: "Step",
    EntryKind.STEP_LIFTED: "Step lifted",
    EntryKind.FROZEN: "Frozen",
    EntryKind.LIFTED: "Freeze lifted",
    EntryKind.APPEAL: "They said",
    EntryKind.ANSWER: "They were answered",
    EntryKind.DECIDED: "Decided",
}
_FREEZABLE = (
    Frozen.CREATOR, Frozen.WALLET, Frozen.LOT, Frozen.GIFT, Frozen.REWARD, Frozen.PAYOUT, Frozen.PAYOUT_METHOD,
    Frozen.PERSON,
)  # fmt: skip


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One of the lists of the page, the place after it, and who is named in it."""

    cases: list[Case] = []
    appeals: list[Appeal] = []
    proposals: list[LinkProposal] = []
    next: str | None
    named: set[int]


@get("/operator/safety", access=Access.SAFETY, include_in_schema=False, personal=True)
async def safety(
    caller: Caller,
    database: Database,
    show: Show = "open",
    rule: FromQuery[str] = "",
    mine: FromQuery[bool] = False,
    person: PersonNumber = None,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`rule`: in which it found something; `mine`: that the caller is at; `person`: of whom."""
    place = BY_TIME.after_or_start(before)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        if show == "appeals":
            listed = await _appeals(connection, place)
        elif show == "links":
            listed = await _proposals(connection, place)
        else:
            at_it = caller.person_id if mine else None
            listed = await _cases(connection, place, show == "open", rule, at_it, person)
        ids = [one.id for one in listed.cases]
        findings = await cases.findings_of(connection, ids, CASE_FINDINGS_TOLD_MAX) if ids else []
        people = await people_by_ids(connection, listed.named)
    return page(
        "safety.html",
        viewer,
        nav="operator",
        show=show,
        rule=rule,
        mine=mine,
        of_person=person,
        rules=shipped().rules,
        listed=listed,
        sentences={one.case_id: one.sentence for one in reversed(findings)},
        people=people,
        text_length_max=CASE_TEXT_LENGTH_MAX,
    )


async def _cases(
    connection: Connection, place: Place, is_open: bool, rule: str, at_it: int | None, person: int | None
) -> Listed:
    found = await cases.list_cases(
        connection, place, PAGE_ROWS + 1, is_open=is_open, rule=rule or None, assigned_to=at_it, person_id=person
    )
    return Listed(
        cases=found[:PAGE_ROWS],
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.opened_at, one.id)),
        named={id for one in found for id in (one.person_id, one.assigned_to) if id is not None},
    )


async def _appeals(connection: Connection, place: Place) -> Listed:
    said = await appeals.list_appeals(connection, place, PAGE_ROWS + 1)
    following = BY_TIME.next(said, PAGE_ROWS, lambda one: (one.made_at, one.id))
    return Listed(appeals=said[:PAGE_ROWS], next=following, named={one.person_id for one in said})


async def _proposals(connection: Connection, place: Place) -> Listed:
    found = await proposals.list_proposals(connection, place, PAGE_ROWS + 1, is_open=True)
    following = BY_TIME.next(found, PAGE_ROWS, lambda one: (one.proposed_at, one.id))
    named = {id for one in found for id in (one.person_id, one.other_id)}
    return Listed(proposals=found[:PAGE_ROWS], next=following, named=named)


@get("/operator/safety/{case_id:uuid}", access=Access.SAFETY, include_in_schema=False, personal=True)
async def case(case_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> Response[str]:
    """One case with all that is in it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        file = await cases.read_file(connection, case_id)
        named = {file.case.person_id, file.case.opened_by, file.case.assigned_to, file.case.decided_by}
        named |= {id for one in file.findings for id in one.others} | {one.by_id for one in file.entries}
        named |= {one.person_id for one in file.steps} | {one.person_id for one in file.near}
        people = await people_by_ids(connection, {id for id in named if id is not None})
    now = clock.now()
    return page(
        "safety_case.html",
        viewer,
        nav="operator",
        file=file,
        people=people,
        me=caller.person_id,
        now=now,
        rules=shipped().rules,
        step_names={kind.value: name for kind, name in STEP_WORDS.items()},
        entry_names={kind.value: name for kind, name in ENTRIES.items()},
        freeze_names={kind.value: NAMES[kind] for kind in _FREEZABLE},
        notices={code.value: text for code, text in NOTICES.items()},
        text_length_max=CASE_TEXT_LENGTH_MAX,
        step_last_day=(now + timedelta(days=STEP_DAYS_MAX - 1)).date(),
        days_max=STEP_DAYS_MAX,
    )


router = Router("/", route_handlers=[safety, case])
