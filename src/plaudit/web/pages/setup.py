"""What this installation needs before it can sell: each thing with its state, why, and what mends it."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from plaudit.injected import Database, Settings
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.policy.networks import client_address
from plaudit.readiness.model import SeenRequest, State
from plaudit.readiness.watch import Readiness
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/setup", access=Access.OWNER, include_in_schema=False)
async def setup(
    caller: Caller,
    database: Database,
    readiness: NamedDependency[Readiness],
    settings: Settings,
    request: Request[Any, Any, Any],
    show: FromQuery[str] = "",
) -> Response[str]:
    """Everything is asked anew for each look. `show=open`: only what somebody has to do."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    report = await readiness.look(_seen(request, settings))
    only_open = show == "open"
    return page(
        "setup.html",
        viewer,
        nav="operator",
        report=report,
        results=report.open if only_open else report.results,
        only_open=only_open,
        counts={state.value: len(report.of(state)) for state in State},
    )


def _seen(request: Request[Any, Any, Any], settings: Settings) -> SeenRequest:
    peer = request.client.host if request.client else ""
    return SeenRequest(
        scheme=request.headers.get("x-forwarded-proto", ""),
        host=request.headers.get("host", ""),
        peer=peer,
        forwarded_for=request.headers.get(settings.forwarded_header, ""),
        client=client_address(request.scope, settings) or peer,
    )


router = Router("/", route_handlers=[setup])
