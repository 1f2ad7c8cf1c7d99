"""Whether a message is from Stripe: its signature, its age on both sides, its mode."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import stripe

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.providers import SignatureNotValid
from plaudit.selling.providers.stripe.limits import (
    STRIPE_EVENT_BYTES_MAX,
    STRIPE_WEBHOOK_AHEAD_S_MAX,
    STRIPE_WEBHOOK_OLD_S_MAX,
)


class EventObject(msgspec.Struct, frozen=True):
    """What an event is about."""

    id: str
    metadata: dict[str, Any] | None = None
    customer: Any = None


class EventData(msgspec.Struct, frozen=True):
    object: EventObject
    previous_attributes: dict[str, Any] | None = None


class Event(msgspec.Struct, frozen=True):
    """A message of Stripe: a signal. What it is about is asked anew, so that an old copy says nothing old."""

    id: str
    type: str
    livemode: bool
    data: EventData
    account: str | None = None
    """A connected account's; its payments are not ours."""


def verified(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], clock: Clock, *, live: bool) -> Event:
    """The event, when one of the secrets signed it lately.

    Raises:
        SignatureNotValid: forged, altered, too old, from the future, of the other mode, too large or unreadable.
    """
    if len(body) > STRIPE_EVENT_BYTES_MAX:
        raise SignatureNotValid
    header = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
    if not any(_signed(header, body, secret) for secret in secrets):
        raise SignatureNotValid
    if _signed_at(header) > int(clock.now().timestamp()) + STRIPE_WEBHOOK_AHEAD_S_MAX:
        raise SignatureNotValid  # Stripe's own check looks back only: a message signed for later would stay good
    event = read(body)
    if event.livemode is not live:
        raise SignatureNotValid
    return event


def read(body: bytes) -> Event:
    """The event in a body that was verified before.

    Raises:
        SignatureNotValid: it is no event.
    """
    try:
        return foreign.decode(body, kind=Event)
    except msgspec.MsgspecError as error:
        raise SignatureNotValid from error


def _signed(header: str, body: bytes, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, tolerance=STRIPE_WEBHOOK_OLD_S_MAX)
    except (stripe.SignatureVerificationError, UnicodeError):
        return False
    return True


def _signed_at(header: str) -> int:
    """Seconds since 1970 of a verified signature: the first, as the signature's check reads it."""
    return next(int(value) for name, _, value in (part.partition("=") for part in header.split(",")) if name == "t")
