"""Who passes: checks what each handler declares with `access=`, and hands the caller to it."""

from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from plaudit.db import acting_key
from plaudit.decisions.answers import DecisionAnswer
from plaudit.http.parameters import check_query
from plaudit.injected import Settings
from plaudit.people.access import as_let_in, authenticate_scope, check_access, check_scope, is_reading
from plaudit.people.model import Caller
from plaudit.people.step_up import require_recent_sign_in
from plaudit.policy.networks import client_address, where_of

Connection = ASGIConnection[Any, Any, Any, Any]


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """The framework's guard of every handler."""
    caller = await admit(connection.scope, handler)
    connection.scope["plaudit"]["trail"].begin(connection.scope, handler, caller)  # type: ignore[typeddict-item]  # written by the front


async def admit(scope: Any, handler: BaseRouteHandler, *, at_hand: bool = False) -> Caller | None:
    """Who is asking, if they may. A handler that declares nothing lets nobody in.

    `step_up=True` of a handler: whoever signed in a while ago signs in again first.

    `foreign_credentials=True` of a handler: what a caller shows is not ours to read, but the handler's.

    `at_hand`: without waiting for anything; who is not known here raises NotAtHand.
    """
    check_query(scope, handler)
    is_foreign = bool(handler.opt.get("foreign_credentials"))
    caller = scope["plaudit_caller"] = (
        None if is_foreign else await authenticate_scope(scope, where_of(scope), at_hand=at_hand)
    )
    access, reading = handler.opt.get("access"), is_reading(scope["method"], acts=bool(handler.opt.get("acts")))
    check_access(access, caller, reading=reading)
    if caller is None:
        return None
    check_scope(access, handler.opt.get("scope"), caller)
    settings = scope["plaudit"]["settings"]
    if asks_recent_sign_in(handler, one_operator=settings.one_operator):
        require_recent_sign_in(settings, scope["plaudit"]["clock"], caller)
    acting_key.set(caller.acting_key)
    caller = scope["plaudit_caller"] = as_let_in(access, caller, reading=reading)
    return caller


def asks_recent_sign_in(handler: BaseRouteHandler, *, one_operator: bool) -> bool:
    """Whether a handler is for people who signed in a short while ago: it says so (`step_up=True`), or one operator
    decides there at once what otherwise another confirms."""
    if handler.opt.get("step_up"):
        return True
    return one_operator and DecisionAnswer in handler.opt.get("other_answers", {}).values()


async def caller(request: Request[Any, Any, Any]) -> Caller | None:
    """Who is asking; None only where `access=Access.PUBLIC`."""
    found: Caller | None = request.scope["plaudit_caller"]  # type: ignore[typeddict-item]  # written by the guard
    return found


async def network_address(request: Request[Any, Any, Any], settings: Settings) -> str | None:
    """Where somebody asks from; None when that cannot be told, as of people a server speaks for."""
    asking: Caller | None = request.scope["plaudit_caller"]  # type: ignore[typeddict-item]  # written by the guard
    return address_of(asking, request.scope, settings)


def address_of(asking: Caller | None, scope: Any, settings: Settings) -> str | None:
    """Where a caller asks from; None when that cannot be told, as of people a server speaks for."""
    return None if asking and asking.key_id is not None else client_address(scope, settings)
