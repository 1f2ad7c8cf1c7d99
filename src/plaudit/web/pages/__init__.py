"""The pages: server-rendered, with small scripts that call the API. What they show they read here; they write nothing."""

from litestar import Router

from plaudit.web.pages import rooms, static_files

router = Router("/", route_handlers=[static_files.router, rooms.router])
