"""Limits and breaks over HTTP: a person sets their own, and a server of their platform may make them stricter."""

from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from plaudit.brakes import actions
from plaudit.brakes.answers import LimitsAnswer, read_limits
from plaudit.brakes.model import (
    CoinPrices,
    Kind,
    LimitCurrencyDiffers,
    LimitsNotPriced,
    NewBreak,
    NewExclusion,
    NewLimit,
    OnlyYouRaise,
)
from plaudit.injected import Clock, Database
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import IdempotencyConflict

_TAGS = ["Limits"]


@get(
    "/v1/me/limits", access=Access.VIEWER, scope=Scope.LIMITS, operation_id="GetLimits", tags=_TAGS, summary="My limits"
)
async def get_limits(caller: Caller, database: Database, clock: Clock) -> LimitsAnswer:
    """What holds, what waits, and how far this session and each period with a limit are."""
    async with database.read() as connection:
        return await read_limits(connection, caller.person_id, clock)


@put(
    "/v1/me/limits/{kind:str}",
    access=Access.VIEWER,
    scope=Scope.LIMITS,
    operation_id="SetLimit",
    tags=_TAGS,
    summary="Set a limit",
    problems=(IdempotencyConflict, LimitCurrencyDiffers, LimitsNotPriced, OnlyYouRaise),
)
async def set_limit(
    kind: FromPath[Kind],
    data: JSONBody[NewLimit],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> LimitsAnswer:
    """A stricter limit holds at once; a looser one, or none, after `raise_after_s`, and until then it can be withdrawn.
    A server's key can only make it stricter. Idempotent by `id`."""
    async with database.transaction() as connection:
        await actions.set_limit(
            connection, clock, prices, caller.person_id, kind, data, may_raise=caller.key_id is None
        )
        return await read_limits(connection, caller.person_id, clock)


@delete(
    "/v1/me/limits/{kind:str}/waiting",
    access=Access.VIEWER,
    scope=Scope.LIMITS,
    operation_id="WithdrawLimit",
    tags=_TAGS,
    status_code=200,
    summary="Keep the limit that holds",
)
async def withdraw_limit(kind: FromPath[Kind], caller: Caller, database: Database, clock: Clock) -> LimitsAnswer:
    """What waits of this kind does not come. Repeating it changes nothing."""
    async with database.transaction() as connection:
        await actions.withdraw(connection, clock, caller.person_id, kind)
        return await read_limits(connection, caller.person_id, clock)


@post(
    "/v1/me/breaks",
    access=Access.VIEWER,
    scope=Scope.LIMITS,
    operation_id="TakeBreak",
    tags=_TAGS,
    summary="Take a break",
    problems=(IdempotencyConflict, LimitsNotPriced),
)
async def take_break(
    data: JSONBody[NewBreak],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> LimitsAnswer:
    """Nothing can be bought or given for 1 to 30 days; nobody can end it early. Idempotent by `id`."""
    async with database.transaction() as connection:
        await actions.take_break(connection, clock, prices, caller.person_id, data)
        return await read_limits(connection, caller.person_id, clock)


@post(
    "/v1/me/exclusions",
    access=Access.VIEWER,
    operation_id="ExcludeMyself",
    tags=_TAGS,
    summary="Exclude myself",
    problems=(IdempotencyConflict, LimitsNotPriced),
)
async def exclude_myself(
    data: JSONBody[NewExclusion],
    caller: Caller,
    database: Database,
    prices: NamedDependency[CoinPrices],
    clock: Clock,
) -> LimitsAnswer:
    """Nothing can be bought or given, and nobody grants coins, for half a year to ten years; nobody can end it early.
    Your platform is told (`person.self_excluded`), so that it sends no offers. Unspent coins can still be withdrawn.
    Idempotent by `id`."""
    async with database.transaction() as connection:
        await actions.exclude(connection, clock, prices, caller.person_id, data)
        return await read_limits(connection, caller.person_id, clock)


router = Router("/", route_handlers=[get_limits, set_limit, withdraw_limit, take_break, exclude_myself])
