"""Where payment providers tell what happened."""

from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access
from plaudit.problems import BodyTooLarge
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.inbox import receiving
from plaudit.selling.providers import PaymentProviders


class WebhookAnswer(msgspec.Struct, frozen=True):
    """What became of the message."""

    outcome: str


@post(
    "/webhooks/{provider:str}",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="ReceivePaymentWebhook",
    tags=["Webhooks"],
    problems=(BodyTooLarge, ProviderUnavailable, SignatureNotValid),
    status_code=200,
    summary="What a payment provider tells",
)
async def receive_webhook(
    provider: FromPath[str],
    request: Request[Any, Any, Any],
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> WebhookAnswer:
    """Nothing is believed without the provider's signature. Repeating a message changes nothing."""
    body = await request.body()
    outcome = await receiving.receive_webhook(
        database, payment_providers, provider, request.headers, body, settings, clock
    )
    return WebhookAnswer(outcome)


HANDLERS = (receive_webhook,)
