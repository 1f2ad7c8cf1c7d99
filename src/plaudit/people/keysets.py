"""The public keys of issuers: fetched over HTTP, remembered, fetched again when a token names a new one."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx2
import msgspec
from joserfc import jwk
from joserfc.errors import JoseError

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.limits import JWKS_BYTES_MAX, JWKS_CACHE_S, JWKS_REFETCH_MIN_S, JWKS_TIMEOUT_S, RSA_BITS_MIN
from plaudit.outgoing import fetch_document, tls_context
from plaudit.people.model import Issuer, IssuerUnreachable, TokenNotValid
from plaudit.people.tokens import choose_key

log = logging.getLogger(__name__)

_KEY_TYPES = frozenset({"EC", "RSA", "OKP"})


class _Document(msgspec.Struct):
    keys: list[dict[str, Any]]


@dataclass
class _Remembered:
    keys: jwk.KeySet | None = None
    fetched_at: float | None = None
    tried_at: float | None = None
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeySets:
    """The keys of all issuers, in memory. Never ask it inside a transaction: it may speak HTTP."""

    def __init__(self, clock: Clock, client: httpx2.AsyncClient | None = None) -> None:
        self._clock = clock
        self._client = client or httpx2.AsyncClient(
            verify=tls_context(), timeout=JWKS_TIMEOUT_S, follow_redirects=False
        )
        self._remembered: dict[str, _Remembered] = {}
        self._inline: dict[str, jwk.KeySet] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def key(self, issuer: Issuer, key_id: str | None) -> jwk.Key:
        """The key an issuer publishes under that id.

        Raises:
            TokenNotValid: it publishes no such key.
            IssuerUnreachable: its keys were never fetched, and cannot be now.
        """
        if issuer.jwks is not None:
            key = choose_key(self._inline_keys(issuer.jwks), key_id)
        else:
            key = await self._fetched_key(issuer, key_id)
        if key is None:
            raise TokenNotValid("is signed with a key its issuer does not publish")
        return key

    def _inline_keys(self, document: str) -> jwk.KeySet:
        if document not in self._inline:
            self._inline[document] = jwk.KeySet(_usable(document.encode()))
        return self._inline[document]

    async def _fetched_key(self, issuer: Issuer, key_id: str | None) -> jwk.Key | None:
        assert issuer.jwks_uri is not None
        remembered = self._remembered.setdefault(issuer.jwks_uri, _Remembered())
        key = self._known(remembered, key_id)
        if key is not None and not self._older(remembered.fetched_at, JWKS_CACHE_S):
            return key
        async with remembered.fetching:
            if self._older(remembered.tried_at, JWKS_REFETCH_MIN_S):
                await self._fetch(issuer.jwks_uri, remembered)
        if remembered.keys is None:
            raise IssuerUnreachable
        return self._known(remembered, key_id)

    @staticmethod
    def _known(remembered: _Remembered, key_id: str | None) -> jwk.Key | None:
        return choose_key(remembered.keys, key_id) if remembered.keys else None

    def _older(self, moment: float | None, seconds: float) -> bool:
        return moment is None or self._now() - moment >= seconds

    def _now(self) -> float:
        return self._clock.now().timestamp()

    async def _fetch(self, address: str, remembered: _Remembered) -> None:
        """Fetch the keys; what was known stays good when that fails."""
        remembered.tried_at = self._now()
        try:
            body = await fetch_document(self._client, address, bytes_max=JWKS_BYTES_MAX, timeout_s=JWKS_TIMEOUT_S)
            remembered.keys = parse_key_set(body)
            remembered.fetched_at = self._now()
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            log.warning("the keys at %s cannot be fetched: %r", address, error)


def parse_key_set(document: bytes) -> jwk.KeySet:
    """The public keys of a key set that we can check signatures with; the others are passed over.

    Raises:
        ValueError: it is no key set, or none of its keys is of use.
    """
    keys = _usable(document)
    if not keys:
        raise ValueError("no key to check signatures with")
    return jwk.KeySet(keys)


def _strong(key: jwk.Key) -> jwk.Key:
    """The key itself.

    Raises:
        ValueError: RSA of fewer bits than can be trusted (RFC 7518, 3.3).
    """
    if isinstance(key, jwk.RSAKey) and key.public_key.key_size < RSA_BITS_MIN:
        raise ValueError(f"an RSA key of fewer than {RSA_BITS_MIN} bits")
    return key


def _usable(document: bytes) -> list[jwk.Key]:
    keys: list[jwk.Key] = []
    for entry in foreign.decode(document, kind=_Document).keys:
        if entry.get("kty") in _KEY_TYPES and entry.get("use", "sig") == "sig":
            try:
                keys.append(_strong(jwk.import_key(entry)))
            except (JoseError, ValueError, KeyError, TypeError) as error:
                log.warning("a key of a key set cannot be read: %r", error)
    return keys
