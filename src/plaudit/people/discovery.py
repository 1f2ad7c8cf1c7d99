"""What a platform publishes of itself: OpenID Connect Discovery 1.0, and the keys of its tokens."""

from typing import ClassVar

import httpx2
import msgspec

from plaudit import foreign
from plaudit.limits import JWKS_BYTES_MAX, JWKS_TIMEOUT_S
from plaudit.outgoing import fetch_document
from plaudit.people.keysets import parse_key_set
from plaudit.problems import Problem

WELL_KNOWN = "/.well-known/openid-configuration"


class PlatformNotReadable(Problem):
    """`reason` says what stood in the way at `address`."""

    code: ClassVar[str] = "platform_not_readable"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "What the platform publishes of itself cannot be read."

    class Fields(msgspec.Struct, frozen=True):
        address: str
        reason: str

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address}: {reason}", address=address, reason=reason)


class Platform(msgspec.Struct, frozen=True):
    """An OpenID provider as it describes itself: what of that a sign-in needs."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class PublishedKey(msgspec.Struct, frozen=True):
    """A key that tokens may be signed with."""

    id: str
    kind: str


async def discover(client: httpx2.AsyncClient, issuer: str) -> Platform:
    """The description an issuer publishes below its own address.

    Raises:
        PlatformNotReadable: there is none, or it is another's.
    """
    address = issuer.rstrip("/") + WELL_KNOWN
    try:
        found = foreign.decode(await _fetch(client, address), kind=Platform)
    except msgspec.DecodeError as error:
        raise PlatformNotReadable(address, f"is no description of an OpenID provider ({error})") from None
    if found.issuer != issuer:
        raise PlatformNotReadable(address, f"is that of {found.issuer}, not of {issuer}: the two must be the same text")
    return found


async def published_keys(client: httpx2.AsyncClient, address: str) -> list[PublishedKey]:
    """The keys at an address that tokens can be checked with.

    Raises:
        PlatformNotReadable: there are none.
    """
    try:
        keys = parse_key_set(await _fetch(client, address))
    except ValueError as error:
        raise PlatformNotReadable(address, f"is no key set that can be used ({error})") from None
    return [PublishedKey(key.kid or "without an id", key.key_type) for key in keys.keys]


async def _fetch(client: httpx2.AsyncClient, address: str) -> bytes:
    try:
        return await fetch_document(client, address, bytes_max=JWKS_BYTES_MAX, timeout_s=JWKS_TIMEOUT_S)
    except httpx2.HTTPStatusError as error:
        raise PlatformNotReadable(address, f"answers {error.response.status_code}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise PlatformNotReadable(address, f"cannot be reached ({str(error) or type(error).__name__})") from None
