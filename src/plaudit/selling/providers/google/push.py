"""Google's pushed notifications: whether a push is really from our subscription, and what it is about."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from google.auth import exceptions, jwt
from google.oauth2 import id_token

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.limits import TOKEN_LENGTH_MAX, WEBHOOK_BYTES_MAX
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.google.auth import NAME, Answer, Transport
from plaudit.selling.providers.google.limits import (
    GOOGLE_CERTS_CACHE_S,
    GOOGLE_CERTS_REFETCH_MIN_S,
    GOOGLE_PUSH_LEEWAY_S,
    GOOGLE_PUSH_TOKEN_AGE_S_MAX,
)

_ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})
_OK = 200


class OneTimeProduct(msgspec.Struct, frozen=True, rename="camel"):
    """A product was bought (1), or a purchase that was pending is off (2)."""

    notification_type: int
    purchase_token: str


class Voided(msgspec.Struct, frozen=True, rename="camel"):
    """A purchase was given back: all of it (1), or some units of it (2)."""

    purchase_token: str
    order_id: str = ""
    product_type: int = 0
    refund_type: int = 0


class RefundReview(msgspec.Struct, frozen=True, rename="camel"):
    """A buyer disputes a payment; Google asks what we know before it decides."""

    pending_refund_token: str
    order_id: str
    refund_reason: int = 0


class Notification(msgspec.Struct, frozen=True, rename="camel"):
    """What a push is about: at most one of its parts is there."""

    package_name: str
    event_time_millis: int
    one_time_product: OneTimeProduct | None = msgspec.field(name="oneTimeProductNotification", default=None)
    voided: Voided | None = msgspec.field(name="voidedPurchaseNotification", default=None)
    refund_review: RefundReview | None = msgspec.field(name="pendingRefundReviewNotification", default=None)
    subscription: dict[str, Any] | None = msgspec.field(name="subscriptionNotification", default=None)
    test: dict[str, Any] | None = msgspec.field(name="testNotification", default=None)

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.event_time_millis // 1000, UTC)

    @property
    def kind(self) -> str:
        names = ("one_time_product", "voided", "refund_review", "subscription", "test")
        return next((name for name in names if getattr(self, name) is not None), "unknown")


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    data: str
    message_id: str


class _Envelope(msgspec.Struct, frozen=True):
    message: _Message


def read_push(body: bytes) -> tuple[str, Notification]:
    """Id of a message, the same in every copy, and what it says.

    Raises:
        SignatureNotValid: it cannot be read.
    """
    try:
        message = foreign.decode(body, kind=_Envelope).message
        data = base64.b64decode(message.data, validate=True)
        return message.message_id, foreign.decode(data, kind=Notification, strict=False)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise SignatureNotValid from error


class PushDoor:
    """Lets in pushes that are signed by Google for us, in the name of our subscription's service account."""

    def __init__(self, *, audience: str, email: str, certs_url: str, clock: Clock) -> None:
        self._audience = audience
        self._email = email
        self._certs_url = certs_url
        self._clock = clock
        self._transport = _RememberingTransport(clock)

    async def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Whether a push is from our subscription.

        Raises:
            SignatureNotValid: it is not, or its token is not good any more.
            ProviderUnavailable: Google's certificates cannot be fetched now.
        """
        scheme, _, token = headers.get("authorization", headers.get("Authorization", "")).partition(" ")
        if len(body) > WEBHOOK_BYTES_MAX or scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_LENGTH_MAX:
            raise SignatureNotValid
        claims = await asyncio.to_thread(self._verified, token)
        # The library checks signature, audience and times; who signed for whom is ours to check.
        issued_at = datetime.fromtimestamp(int(claims["iat"]), UTC)
        oldest = self._clock.now() - timedelta(seconds=GOOGLE_PUSH_TOKEN_AGE_S_MAX + GOOGLE_PUSH_LEEWAY_S)
        if (
            claims.get("iss") not in _ISSUERS
            or claims.get("email") != self._email
            or claims.get("email_verified") is not True
            or issued_at < oldest
        ):
            raise SignatureNotValid

    async def close(self) -> None:
        await asyncio.to_thread(self._transport.close)

    def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            key_id = jwt.decode_header(token).get("kid")  # type: ignore[no-untyped-call]
            if not isinstance(key_id, str):
                raise SignatureNotValid
            self._transport.want(self._certs_url, key_id)
            return id_token.verify_token(
                token, self._transport, self._audience, self._certs_url, clock_skew_in_seconds=GOOGLE_PUSH_LEEWAY_S
            )
        except exceptions.TransportError as error:
            raise ProviderUnavailable(NAME) from error
        except (exceptions.GoogleAuthError, ValueError, TypeError, AttributeError, RecursionError) as error:
            # Those in the middle: what the library makes of a header or claims that are no objects
            raise SignatureNotValid from error


class _RememberingTransport(Transport):
    """Keeps the certificates for a while: the library asks for them with every token."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._remembered: dict[str, tuple[datetime, Answer]] = {}

    def want(self, url: str, key_id: str) -> None:
        """Forget what is remembered if it does not have this key and is not just fetched."""
        if (found := self._remembered.get(url)) is None:
            return
        fetched_at, answer = found
        age = self._clock.now() - fetched_at
        is_known = f'"{key_id}"'.encode() in answer.data
        if age >= timedelta(seconds=GOOGLE_CERTS_CACHE_S if is_known else GOOGLE_CERTS_REFETCH_MIN_S):
            self._remembered.pop(url, None)

    def __call__(self, url: str, *arguments: Any, **named: Any) -> Answer:
        if (found := self._remembered.get(url)) is not None:
            return found[1]
        answer = super().__call__(url, *arguments, **named)
        if answer.status == _OK:
            self._remembered[url] = (self._clock.now(), answer)
        return answer
