"""All of selling over HTTP."""

from litestar import Router

from plaudit.selling.cards import api as cards
from plaudit.selling.grants import api as grants
from plaudit.selling.inbox import api as inbox
from plaudit.selling.inbox import webhook_api
from plaudit.selling.orders import api as orders
from plaudit.selling.papers import api as papers
from plaudit.selling.prices import api as prices
from plaudit.selling.prices import subdivision_api
from plaudit.selling.reconciliation import api as reconciliation
from plaudit.selling.reversals import api as reversals
from plaudit.selling.reversals import minors_api
from plaudit.selling.stores import api as stores
from plaudit.selling.stores import linked_api as linked
from plaudit.selling.wallet import api as wallet

ROUTERS = (
    Router(
        "/v1",
        route_handlers=[
            *orders.HANDLERS,
            *cards.HANDLERS,
            *webhook_api.HANDLERS,
            *wallet.HANDLERS,
            *stores.HANDLERS,
            *linked.HANDLERS,
            *prices.HANDLERS,
            *subdivision_api.HANDLERS,
            *reversals.HANDLERS,
            *minors_api.HANDLERS,
            *papers.HANDLERS,
            *grants.HANDLERS,
        ],
    ),
    inbox.router,
    reconciliation.router,
)
