"""The pages: server-rendered, with small scripts that call the API. Pages read; only the API writes."""

from litestar import Router

from plaudit.web.pages import operator, overlay, people, recharge, rooms, studio, wallet

router = Router(
    "/",
    route_handlers=[
        rooms.router,
        people.router,
        recharge.router,
        wallet.router,
        studio.router,
        overlay.router,
        operator.router,
    ],
)
