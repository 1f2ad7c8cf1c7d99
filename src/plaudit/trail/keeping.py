"""How requests get into the trail: what is an act, what it came to, and tries that were refused."""

import logging
from collections.abc import Mapping
from typing import Any

from litestar.handlers import BaseRouteHandler

from plaudit.acts import PRIVATE, Act, Actor, ActRecord, Kind, Outcome, about, write_record
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.people.access import is_own, required, uses_power
from plaudit.people.actions import API_KEY_PREFIX
from plaudit.people.model import Caller, TokenNotValid
from plaudit.policy.networks import client_address, kept_network, read_address
from plaudit.problems import Problem, Unavailable
from plaudit.tracing import request_id
from plaudit.trail.refusals import Refusals
from plaudit.wire import send_problem

log = logging.getLogger(__name__)

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKENS_IN = frozenset({b"authorization", b"sec-websocket-protocol"})
_NOT_ALLOWED = frozenset({401, 403})
_NOT_LET_IN = _NOT_ALLOWED | {502}
"""Of a way in: 502 is the word of a platform that is not to be believed."""


class Trail:
    """What one process has to do with the trail."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._refusals = Refusals()

    def begin(self, scope: Any, handler: BaseRouteHandler, caller: Caller | None) -> None:
        """The act of a request, if it is one: by a key, or by a role over others, it changes something or reads what is
        personal.

        `leaves_no_act=True` of a handler: what it does has a log of its own. `personal=True`: its answer says something
        of people that only they and who works for the platform may know.
        """
        if caller is None or handler.opt.get("leaves_no_act") or not uses_power(handler.opt.get("access"), caller):
            return
        if scope["method"] not in _LOOKS:
            scope["plaudit_act"] = self._act(scope, handler, caller, is_read=False)
        elif handler.opt.get("personal"):
            scope["plaudit_act"] = self._act(scope, handler, caller, is_read=True)

    async def answered(self, scope: Any, status: int) -> None:
        """What a request came to, before its answer is heard. Raises what the database raises: nobody hears what could
        not be kept."""
        act: Act | None = scope.get("plaudit_act")
        problem: Problem | None = scope.get("plaudit_problem")
        if problem is not None or status >= 400:
            self._note(scope, act, status, problem)
        elif act is not None and act.id is None:
            async with self._database.transaction() as connection:
                await act.answer(connection)

    def refused_at_the_door(self, scope: Any, handler: BaseRouteHandler, problem: Problem) -> None:
        """The same of somebody who came by the way round the framework."""
        scope["route_handler"] = handler
        self._note(scope, None, problem.status, problem)

    def refused_at_a_socket(self, scope: Any, operation: str, problem: Problem) -> None:
        """The same of somebody whose socket was closed before it showed anything."""
        if problem.status in _NOT_ALLOWED:
            self._count(scope, operation, problem.code, problem, is_for_all=not _shows_key(scope))

    async def keep_refusals(self, *, all_of_them: bool = False) -> int:
        """Write what was counted in minutes that are over, or all of it; answers how many records."""
        records = self._refusals.take(None if all_of_them else self._clock.now().timestamp())
        if records:
            async with self._database.transaction() as connection:
                for record in records:
                    await write_record(connection, record)
        return len(records)

    async def start(self) -> None:
        """Nothing has to be there before."""

    async def stop(self) -> None:
        """Write what was counted; what cannot be written now is lost, and said so."""
        try:
            await self.keep_refusals(all_of_them=True)
        except Exception:
            log.exception("tries that were refused in the last minute are not in the trail")

    def _note(self, scope: Any, act: Act | None, status: int, problem: Problem | None) -> None:
        """A try that came to nothing. Of people who act for themselves it is theirs alone, unless it is a way in
        (`is_way_in=True` of a handler)."""
        outcome: Outcome = "refused" if status < 500 and status != 429 else "failed"
        if act is not None:
            self._refusals.count(act.refused(_code(status, problem), outcome))
            return
        handler = scope.get("route_handler")
        is_way_in = handler is not None and bool(handler.opt.get("is_way_in"))
        if handler is None or status not in (_NOT_LET_IN if is_way_in else _NOT_ALLOWED):
            return
        is_for_all = is_own(required(handler.opt.get("access"))) and not _shows_key(scope)
        if is_for_all and not is_way_in:
            return
        self._count(scope, operation_of(scope, handler), _code(status, problem), problem, is_for_all=is_for_all)

    def _count(self, scope: Any, operation: str, code: str, problem: Problem | None, *, is_for_all: bool) -> None:
        caller: Caller | None = scope.get("plaudit_caller")
        known = _known(scope, caller)
        if isinstance(problem, TokenNotValid):
            if problem.key_id is not None:
                known["key_id"] = str(problem.key_id)
            elif is_for_all:  # tokens of people end by the thousand: how many, and no more
                known = {}
        self._refusals.count(
            ActRecord(
                id=new_id(self._clock),
                at=self._clock.now(),
                kind="refused",
                actor=_actor(caller),
                operation=operation,
                outcome="refused",
                problem=code,
                **known,
            )
        )

    def _act(self, scope: Any, handler: BaseRouteHandler, caller: Caller, *, is_read: bool) -> Act:
        kind: Kind = "read" if is_read else "act"
        known = _known(scope, caller)
        actor = Actor.OPERATOR if caller.key_id is None else Actor.KEY
        return Act(self._clock, kind, actor, operation_of(scope, handler), **known)


def database_of(scope: Any) -> Database:
    """What a handler works on: witnessed by the act of its request, if it is one."""
    database: Database = scope["plaudit"]["database"]
    act: Act | None = scope.get("plaudit_act")
    return database if act is None else database.witnessed(act)


def recorded(scope: Any, send: Any) -> Any:
    """A `send` before which the trail has what an answer is about; what it cannot keep is not answered."""
    trail: Trail = scope["plaudit"]["trail"]
    is_over = False

    async def sending(message: Any) -> None:
        nonlocal is_over
        if is_over:
            return
        if message["type"] == "http.response.start":
            try:
                await trail.answered(scope, message["status"])
            except Exception as error:
                is_over = True
                await _instead(error, scope, send)
                return
        await send(message)

    return sending


async def _instead(error: Exception, scope: Any, send: Any) -> None:
    log.error("%s %s is not in the trail, and was not answered", scope["method"], scope["path"], exc_info=error)
    await send_problem(send, error if isinstance(error, Problem) else Unavailable())


def operation_of(scope: Mapping[str, Any], handler: BaseRouteHandler) -> str:
    """What the description of the API calls it; of a page, method and address."""
    named = getattr(handler, "operation_id", None)
    return str(named) if named else f"{scope['method']} {scope.get('path_template', scope['path'])}"


def _known(scope: Mapping[str, Any], caller: Caller | None) -> dict[str, Any]:
    """Who asks, from where, about what."""
    address = read_address(client_address(scope, scope["plaudit"]["settings"]) or "")
    return {
        "person_id": str(caller.person_id) if caller and caller.person_id else None,
        "key_id": str(caller.key_id) if caller and caller.key_id is not None else None,
        "session_id": str(caller.session_id) if caller and caller.session_id is not None else None,
        "address": kept_network(address) if address else None,
        "about": about([value for name, value in scope.get("path_params", {}).items() if name not in PRIVATE]),
        "request_id": request_id() or None,
    }


def _code(status: int, problem: Problem | None) -> str:
    return problem.code if problem else f"http_{status}"


def _actor(caller: Caller | None) -> Actor:
    if caller is None:
        return Actor.NOBODY
    return Actor.PERSON if caller.key_id is None else Actor.KEY


def _shows_key(scope: Mapping[str, Any]) -> bool:
    return any(name in _TOKENS_IN and API_KEY_PREFIX.encode() in value for name, value in scope["headers"])
