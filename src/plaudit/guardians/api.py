"""Guardians over HTTP: a code that both confirm, and what a guardian says of a minor."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import Meta

from plaudit.brakes import guarding
from plaudit.brakes.guarding import NewGuardianLimit
from plaudit.brakes.model import CoinPrices, Kind, LimitCurrencyDiffers, LimitsNotPriced
from plaudit.connections import Connection
from plaudit.guardians import actions
from plaudit.guardians.answers import (
    GuardianInvitationAnswer,
    GuardiansAnswer,
    MadeInvitation,
    MinorAnswer,
    invitation_answers,
    minor_answer,
    read_guardians,
)
from plaudit.guardians.model import (
    Answer,
    CodeUnknown,
    GivenCode,
    Guardianship,
    IsNotOfAge,
    IsOfAge,
    NewInvitation,
    NotAnswered,
    NotOfAge,
    TooManyGuardians,
)
from plaudit.injected import Clock, Database
from plaudit.languages.speaking import speaking
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.injected import Caller
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.rules import consents
from plaudit.rules.model import brought_actions
from plaudit.rules.sentences import voice_of

_TAGS = ["Guardians"]
_Action = Annotated[str, Parameter(pattern=r"^[a-z]+(_[a-z]+)*$(?!\n)", description="As rules name it.")]


class ConsentSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a guardian agrees to something."""

    agreed: Annotated[bool, Meta(description="False takes it back, at once.")]


class StopSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a guardian stops all spending."""

    stopped: Annotated[bool, Meta(description="True: nothing is bought or given, at once; false: it goes on.")]


@get(
    "/v1/me/guardians",
    access=Access.VIEWER,
    personal=True,
    operation_id="GetGuardians",
    tags=_TAGS,
    summary="Who answers for me, and whom I answer for",
)
async def get_guardians(
    caller: Caller, database: Database, prices: NamedDependency[CoinPrices], clock: Clock
) -> GuardiansAnswer:
    """With what a guardian sees, limits, and agrees to."""
    async with database.read() as connection:
        with speaking(voice_of((await require_person(connection, caller.person_id)).language)):
            return await read_guardians(connection, caller.person_id, prices, clock)


@post(
    "/v1/me/guardian-invitations",
    access=Access.VIEWER,
    operation_id="InviteMinor",
    tags=_TAGS,
    problems=(IdempotencyConflict, NotOfAge, TooManyGuardians),
    summary="Make a code for a minor",
)
async def invite(data: JSONBody[NewInvitation], caller: Caller, database: Database, clock: Clock) -> MadeInvitation:
    """For somebody whose age is proved by more than a word. The code is said once; it is good for a day."""
    async with database.transaction() as connection:
        made, code = await actions.invite(connection, clock, caller.person_id, data.id)
        (answer,) = await invitation_answers(connection, [made], caller.person_id)
    half = len(code) // 2
    return MadeInvitation(**msgspec.structs.asdict(answer), code=f"{code[:half]}-{code[half:]}")


@post(
    "/v1/me/guardian-invitations:look-up",
    access=Access.VIEWER,
    operation_id="LookUpGuardianCode",
    tags=_TAGS,
    status_code=200,
    problems=(CodeUnknown, IsOfAge),
    summary="Whose code it is",
)
async def look_up(
    data: JSONBody[GivenCode], caller: Caller, database: Database, clock: Clock
) -> GuardianInvitationAnswer:
    """Nothing is agreed to by that."""
    async with database.transaction() as connection:
        found = await actions.look_up(connection, clock, caller.person_id, data.code)
        return (await invitation_answers(connection, [found], caller.person_id))[0]


@post(
    "/v1/me/guardian-invitations:answer",
    access=Access.VIEWER,
    operation_id="AnswerGuardianCode",
    tags=_TAGS,
    status_code=200,
    problems=(CodeUnknown, IsOfAge),
    summary="Say that whoever made a code is my guardian",
)
async def answer(data: JSONBody[Answer], caller: Caller, database: Database, clock: Clock) -> GuardianInvitationAnswer:
    """They confirm it then. A guardian limits and stops what is spent, agrees to what the rules ask them about, and
    sees the minor's name, limits and how much of them is given; not to whom, nor what was written. Repeating it
    changes nothing."""
    async with database.transaction() as connection:
        found = await actions.answer(connection, clock, caller.person_id, data.code)
        return (await invitation_answers(connection, [found], caller.person_id))[0]


@post(
    "/v1/me/guardian-invitations/{invitation_id:uuid}/confirm",
    access=Access.VIEWER,
    operation_id="ConfirmMinor",
    tags=_TAGS,
    status_code=200,
    problems=(NotFound, CodeUnknown, NotAnswered, NotOfAge, IsOfAge, TooManyGuardians),
    summary="Say that I answer for who answered my code",
)
async def confirm(
    invitation_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> MinorAnswer:
    """From now on. Repeating it changes nothing."""
    async with database.transaction() as connection:
        begun = await actions.confirm(connection, clock, caller.person_id, invitation_id)
        return await _said_of(connection, caller, begun, prices, clock)


@delete(
    "/v1/me/guardian-invitations/{invitation_id:uuid}",
    access=Access.VIEWER,
    operation_id="WithdrawGuardianInvitation",
    tags=_TAGS,
    problems=(NotFound,),
    summary="Let a code be good no more",
)
async def withdraw(invitation_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> None:
    """By who made it, or who answered it. Repeating it changes nothing."""
    async with database.transaction() as connection:
        await actions.withdraw(connection, clock, caller.person_id, invitation_id)


@put(
    "/v1/me/minors/{guardianship_id:uuid}/limits/{kind:str}",
    access=Access.VIEWER,
    operation_id="SetMinorLimit",
    tags=_TAGS,
    problems=(NotFound, IdempotencyConflict, LimitCurrencyDiffers, LimitsNotPriced),
    summary="Limit what a minor spends",
)
async def set_limit(
    guardianship_id: FromPath[UUID],
    kind: FromPath[Kind],
    data: JSONBody[NewGuardianLimit],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> MinorAnswer:
    """It holds at once, stricter or looser; of all limits of a kind the strictest holds. The minor cannot change it.
    Idempotent by `id`."""
    async with database.transaction() as connection:
        found = await _minor(connection, guardianship_id, caller)
        await guarding.set_limit(connection, clock, prices, found.minor_id, caller.person_id, kind, data)
        return await _said_of(connection, caller, found, prices, clock)


@put(
    "/v1/me/minors/{guardianship_id:uuid}/consents/{action:str}",
    access=Access.VIEWER,
    operation_id="SayConsent",
    tags=_TAGS,
    problems=(NotFound, NotOfAge),
    summary="Agree to something a minor does, or no more",
)
async def say_consent(
    guardianship_id: FromPath[UUID],
    action: _Action,
    data: JSONBody[ConsentSaid],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> MinorAnswer:
    """It counts where the rules of a country ask for a guardian. What is taken back stops within seconds, everywhere.
    Repeating it changes nothing."""
    if action not in brought_actions():
        raise InvalidField(field="path.action", reason="is none of the actions of rules")
    async with database.transaction() as connection:
        found, now = await _minor(connection, guardianship_id, caller), clock.now()
        if not data.agreed:
            await consents.take_back(connection, found.minor_id, caller.person_id, action, now)
        elif await consents.is_of_age(connection, caller.person_id, now):
            await consents.agree(connection, found.minor_id, caller.person_id, action, now)
        else:
            raise NotOfAge
        return await _said_of(connection, caller, found, prices, clock)


@put(
    "/v1/me/minors/{guardianship_id:uuid}/stop",
    access=Access.VIEWER,
    operation_id="StopMinor",
    tags=_TAGS,
    problems=(NotFound, LimitsNotPriced),
    summary="Stop all that a minor spends, or let it go on",
)
async def stop(
    guardianship_id: FromPath[UUID],
    data: JSONBody[StopSaid],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> MinorAnswer:
    """At once: what is sent or ordered after the answer is held, wherever it goes. Repeating it changes nothing."""
    async with database.transaction() as connection:
        found = await _minor(connection, guardianship_id, caller)
        if data.stopped:
            await guarding.stop(connection, clock, prices, found.minor_id, caller.person_id)
        else:
            await guarding.let_spend(connection, found.minor_id, caller.person_id, clock.now(), limits=False)
        return await _said_of(connection, caller, found, prices, clock)


@delete(
    "/v1/me/minors/{guardianship_id:uuid}",
    access=Access.VIEWER,
    operation_id="LeaveMinor",
    tags=_TAGS,
    problems=(NotFound,),
    summary="Answer for a minor no more",
)
async def leave_minor(guardianship_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> None:
    """What one agreed to, limited and stopped ends with it."""
    async with database.transaction() as connection:
        found = await actions.find(connection, guardianship_id, guardian_id=caller.person_id)
        await actions.end(connection, clock, found, "guardian")


@delete(
    "/v1/me/guardians/{guardianship_id:uuid}",
    access=Access.VIEWER,
    operation_id="LeaveGuardian",
    tags=_TAGS,
    problems=(NotFound, IsNotOfAge),
    summary="Need a guardian no more",
)
async def leave_guardian(guardianship_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> None:
    """For somebody who is known to be of age by now."""
    async with database.transaction() as connection:
        await actions.end_as_of_age(connection, clock, caller.person_id, guardianship_id)


async def _minor(connection: Connection, guardianship_id: UUID, caller: Caller) -> Guardianship:
    return await actions.lock_as_guardian(connection, guardianship_id, caller.person_id)


async def _said_of(
    connection: Connection, caller: Caller, found: Guardianship, prices: CoinPrices, clock: Clock
) -> MinorAnswer:
    with speaking(voice_of((await require_person(connection, caller.person_id)).language)):
        return await minor_answer(connection, found, prices, clock)


router = Router(
    "/",
    route_handlers=[
        get_guardians,
        invite,
        look_up,
        answer,
        confirm,
        withdraw,
        set_limit,
        say_consent,
        stop,
        leave_minor,
        leave_guardian,
    ],
)
