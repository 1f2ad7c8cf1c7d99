"""Whether a webhook is really PayPal's: its signature, the certificate behind it, and its age."""

import asyncio
import base64
import binascii
import re
import ssl
import warnings
import zlib
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from plaudit.clock import Clock
from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.paypal.limits import (
    PAYPAL_CERTIFICATE_BYTES_MAX,
    PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE,
    PAYPAL_CERTIFICATE_FETCHES_RESERVED,
    PAYPAL_CERTIFICATE_KEPT_S,
    PAYPAL_CERTIFICATES_KEPT,
    PAYPAL_CERTIFICATES_WAITING_MAX,
    PAYPAL_TRANSMISSION_AGE_H_MAX,
    PAYPAL_TRANSMISSION_AHEAD_S_MAX,
)
from plaudit.selling.providers.paypal.money import NAME

ALGORITHM = "SHA256withRSA"
SUBJECTS = ("messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com")
_PATH = re.compile(r"/v1/notifications/certs/CERT-[A-Za-z0-9-]{1,100}")
_HEADER = re.compile(r"[\x21-\x7e]{1,1000}")


def trusted_roots(file: str) -> list[x509.Certificate]:
    """The authorities of a PEM file; those this machine trusts when there is none.

    Raises:
        OSError, ValueError: the file cannot be read, or holds no certificate.
    """
    if file:
        return x509.load_pem_x509_certificates(Path(file).read_bytes())
    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        for certificate in ssl.create_default_context().get_ca_certs(binary_form=True):
            with suppress(
                ValueError, CryptographyDeprecationWarning
            ):  # old roots that break the rules vouch for nobody
                roots.append(x509.load_der_x509_certificate(certificate))
    return roots


class SigningCertificates:
    """PayPal's certificates by address. An address is only followed to an origin that is expected, never on from there,
    and what is found there must go back to a trusted authority."""

    def __init__(self, *, origins: Iterable[str], roots: Iterable[x509.Certificate], clock: Clock) -> None:
        self._origins = frozenset(origins)
        self._store = Store(list(roots))
        self._clock = clock
        self._kept: OrderedDict[str, tuple[RSAPublicKey, datetime]] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[RSAPublicKey]] = {}
        self._waiting: OrderedDict[str, datetime] = OrderedDict()
        """Addresses that could not be asked, with the first time."""
        self._fetches: deque[datetime] = deque(maxlen=PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE)
        self._client = httpx2.AsyncClient(verify=tls_context(), timeout=PROVIDER_TIMEOUT_S, follow_redirects=False)

    async def key(self, address: str) -> RSAPublicKey:
        """The key of the certificate at an address.

        Raises:
            SignatureNotValid: not PayPal's address or certificate, or one that is no longer valid.
            ProviderUnavailable: it cannot be fetched now.
        """
        kept = self._kept.get(address)
        if kept and self._clock.now() < kept[1]:
            self._kept.move_to_end(address)
            return kept[0]
        self._check_address(address)
        fetch = self._under_way.get(address)
        if fetch is None:  # of many messages with one certificate, the first fetches it for all
            fetch = asyncio.create_task(self._renew(address))
            self._under_way[address] = fetch
            fetch.add_done_callback(lambda done: self._ended(address, done))
        return await asyncio.shield(fetch)

    async def close(self) -> None:
        await self._client.aclose()

    async def _renew(self, address: str) -> RSAPublicKey:
        key, until = self._checked(await self._fetch(address))
        self._kept[address] = key, until
        self._kept.move_to_end(address)
        while len(self._kept) > PAYPAL_CERTIFICATES_KEPT:
            self._kept.popitem(last=False)
        return key

    def _ended(self, address: str, fetch: asyncio.Task[RSAPublicKey]) -> None:
        self._under_way.pop(address, None)
        if not fetch.cancelled():
            fetch.exception()  # seen, even when all who waited for it are gone

    def _check_address(self, address: str) -> None:
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins or not _PATH.fullmatch(parts.path):
            raise SignatureNotValid
        if parts.query or parts.fragment:
            raise SignatureNotValid

    def _claim_fetch(self, address: str) -> None:
        """Forged messages must not make us a client of PayPal's without end, nor keep PayPal's own out. A forger makes
        up an address each time; PayPal's comes again, minutes later, and has fetches that no new one gets.

        Raises:
            ProviderUnavailable: there is none left in this minute.
        """
        now = self._clock.now()
        minute = timedelta(minutes=1)
        left = PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE - sum(now - at < minute for at in self._fetches)
        comes_again = address in self._waiting and now - self._waiting[address] >= minute
        if left <= 0 or (left <= PAYPAL_CERTIFICATE_FETCHES_RESERVED and not comes_again):
            self._waiting.setdefault(address, now)
            while len(self._waiting) > PAYPAL_CERTIFICATES_WAITING_MAX:
                self._waiting.popitem(last=False)
            raise ProviderUnavailable(NAME)
        self._waiting.pop(address, None)
        self._fetches.append(now)

    async def _fetch(self, address: str) -> bytes:
        self._claim_fetch(address)
        found = bytearray()
        try:
            async with self._client.stream("GET", address) as answer:
                if answer.status_code >= 500 or answer.status_code == 429:
                    raise ProviderUnavailable(NAME)
                if answer.status_code != 200:
                    raise SignatureNotValid
                async for part in answer.aiter_bytes():
                    found += part
                    if len(found) > PAYPAL_CERTIFICATE_BYTES_MAX:
                        raise SignatureNotValid
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(NAME) from error
        return bytes(found)

    def _checked(self, pem: bytes) -> tuple[RSAPublicKey, datetime]:
        """The key of a certificate for signing webhooks, and until when it need not be looked at again."""
        now = self._clock.now()
        try:
            leaf, *chain = x509.load_pem_x509_certificates(pem)
            key = leaf.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise SignatureNotValid from error
        if not isinstance(key, RSAPublicKey) or not any(self._vouched(leaf, chain, name, now) for name in SUBJECTS):
            raise SignatureNotValid
        return key, min(leaf.not_valid_after_utc, now + timedelta(seconds=PAYPAL_CERTIFICATE_KEPT_S))

    def _vouched(self, leaf: x509.Certificate, chain: list[x509.Certificate], name: str, now: datetime) -> bool:
        policy = PolicyBuilder().store(self._store).time(now)
        try:
            policy.build_server_verifier(x509.DNSName(name)).verify(leaf, chain)
        except VerificationError:
            return False
        return True


async def check(
    headers: Mapping[str, str], body: bytes, *, webhook_id: str, certificates: SigningCertificates, now: datetime
) -> None:
    """Check the signature of a message to one webhook. What costs nothing is looked at first.

    Raises:
        SignatureNotValid: forged, altered, meant for another webhook, or too old.
        ProviderUnavailable: the certificate cannot be fetched now.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    transmission_id, time, signature, address, algorithm = (
        sent.get(f"paypal-{name}", "")
        for name in ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    )
    if algorithm != ALGORITHM or not all(map(_HEADER.fullmatch, (transmission_id, time, signature, address))):
        raise SignatureNotValid
    try:
        at = datetime.fromisoformat(time)
        signed = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error) as error:
        raise SignatureNotValid from error
    ahead = timedelta(seconds=PAYPAL_TRANSMISSION_AHEAD_S_MAX)
    if at.tzinfo is None or not now - timedelta(hours=PAYPAL_TRANSMISSION_AGE_H_MAX) <= at <= now + ahead:
        raise SignatureNotValid
    key = await certificates.key(address)
    message = f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}"
    try:
        key.verify(signed, message.encode(), PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise SignatureNotValid from error
