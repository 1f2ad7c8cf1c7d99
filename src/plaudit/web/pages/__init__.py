"""The pages: server-rendered, with small scripts that call the API. Pages read; only the API writes."""

from litestar import Router

from plaudit.web.pages import (
    accounting,
    catalogue,
    grants,
    money_in,
    operator,
    operator_order,
    overlay,
    payout_desk,
    people,
    prices,
    receipts,
    recharge,
    rewards,
    rooms,
    setup,
    sign_in,
    stores,
    stuck,
    studio,
    taken_back,
    wallet,
    webhooks,
)
from plaudit.web.pages.frame import before_page

router = Router(
    "/",
    before_request=before_page,
    route_handlers=[
        rooms.router,
        people.router,
        sign_in.router,
        recharge.router,
        receipts.router,
        wallet.router,
        studio.router,
        taken_back.router,
        overlay.router,
        operator.router,
        money_in.router,
        payout_desk.router,
        rewards.router,
        stores.router,
        grants.router,
        stuck.router,
        setup.router,
        operator_order.router,
        prices.router,
        catalogue.router,
        accounting.router,
        webhooks.router,
    ],
)
