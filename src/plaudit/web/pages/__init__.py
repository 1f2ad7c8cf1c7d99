"""All pages: the modules that rooms name."""

from importlib import import_module

from litestar import Router

from plaudit.rooms import rooms
from plaudit.web.pages.frame import before_page

PAGES = tuple(page for room in rooms() for page in room.pages)

router = Router(
    "/",
    before_request=before_page,
    route_handlers=[import_module(f"{__name__}.{page}").router for page in PAGES],
)
