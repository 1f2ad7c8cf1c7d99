"""The server as one ASGI callable: all routes, their guard, and the way round the framework for hot handlers."""

from functools import cache
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Scope

from plaudit.http import guard, metrics
from plaudit.http.errors import answer_problem
from plaudit.http.front import Front
from plaudit.http.house import PARTS, House
from plaudit.http.logs import logged
from plaudit.http.requests import StrictRequest
from plaudit.http.short_way import ShortWay
from plaudit.limits import BODY_BYTES_MAX
from plaudit.live.socket import SOCKET_PATH, room_socket
from plaudit.rooms import rooms
from plaudit.trail.keeping import database_of

SOCKETS: tuple[tuple[str, ASGIApp], ...] = ((SOCKET_PATH, room_socket),)


def create_app(house: House, *, log_requests: bool = False) -> ASGIApp:
    """The ASGI application of an open house."""
    front = Front(framework(), house.parts, hot_handlers=hot_handlers(), sockets=SOCKETS)
    application = metrics.measured(front)
    return logged(application) if log_requests else application


def short_way(house: House) -> ShortWay:
    """For requests of hot handlers that need no task."""
    return ShortWay(house.parts, hot_handlers())


@cache
def hot_handlers() -> dict[tuple[str, str], HTTPRouteHandler]:
    """The handlers that declare `hot=True`, by method and path."""
    return {
        (method, route.path): handler
        for route in framework().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("hot")
        for method in handler.http_methods
    }


@cache
def framework() -> Litestar:
    """The routes, without what goes round them. The front door hands them the parts of its house with each request, so
    that a process makes them once, whatever houses it opens."""
    return Litestar(
        route_handlers=routers(),
        dependencies={name: _provide(name) for name in PARTS}
        | {
            "caller": Provide(guard.caller),
            "network_address": Provide(guard.network_address),
            "database": Provide(_database, sync_to_thread=False),
        },
        guards=[guard.guard],
        exception_handlers={Exception: answer_problem},
        request_class=StrictRequest,
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
    )


def routers() -> list[Router]:
    """Those of all rooms."""
    found: list[Router] = []
    for room in rooms():
        for place in room.routers:
            brought = room.bring(place)
            found += [brought] if isinstance(brought, Router) else brought
    return found


def _database(scope: Scope) -> Any:
    return database_of(scope)


def _provide(name: str) -> Provide:
    def part(scope: Scope) -> Any:
        return scope["plaudit"][name]  # type: ignore[typeddict-item]  # written by the front

    return Provide(part, sync_to_thread=False)
