"""Which of the operators' pages whoever looks may open, as their handlers declare: the bar shows no others."""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache

from jinja2 import pass_context
from jinja2.runtime import Context
from litestar import Litestar
from litestar.routes import HTTPRoute

from plaudit.people.access import Access, fits_staff, required

_opened_by: ContextVar[Mapping[str, frozenset[Access]] | None] = ContextVar("opened_by", default=None)


def note_pages(app: Litestar) -> None:
    """Keep whose pages the one that is about to be shown is among."""
    _opened_by.set(_access_by_address(app))


@lru_cache(maxsize=2)
def _access_by_address(app: Litestar) -> Mapping[str, frozenset[Access]]:
    return {
        route.path: required(handler.opt.get("access"))
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/operator")
        for handler in route.route_handlers
        if "GET" in handler.http_methods
    }


@pass_context
def may_open(context: Context, address: str) -> bool:
    """Whether an address lets in whoever looks at the page."""
    allowed = (_opened_by.get() or {}).get(address, frozenset())
    return any(fits_staff(one, context.get("roles", ()), reading=True) for one in allowed)
