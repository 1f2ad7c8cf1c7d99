"""How others reach this server: its public address, the proxy before it, and webhooks that arrive."""

import secrets
import ssl
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2
import msgspec

from plaudit import foreign
from plaudit.limits import PROOF_BYTES_MAX
from plaudit.outgoing import fetch_document
from plaudit.readiness.checks.database import SQL
from plaudit.readiness.model import CheckOutcome, Grounds, attention, blocking, not_asked, ok
from plaudit.readiness.proof import Alive, proof_of
from plaudit.settings import Settings
from plaudit.statements import fetch_all

_WAIT_S = 4


class LastMessage(msgspec.Struct, frozen=True):
    """When a provider's last webhook came; None: none has."""

    provider: str
    received_at: datetime | None


def is_loopback(address: str) -> bool:
    """Whether an address is only this machine's own."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".test"))


async def address(grounds: Grounds) -> CheckOutcome:
    public = grounds.settings.public_url
    if is_loopback(public):
        return attention(f"{public} is this machine only: set PLAUDIT_PUBLIC_URL to where people come")
    if public.startswith("http:"):
        return blocking(f"{public} is not encrypted, so that a sign-in can be read on the way: it must be https")
    return ok(public)


async def reached(grounds: Grounds) -> CheckOutcome:
    public, nonce = grounds.settings.public_url, secrets.token_hex(16)
    async with grounds.opened.read() as connection:
        expected = await proof_of(connection, grounds.settings, nonce)
    asked = f"{public}/live?nonce={nonce}"
    try:
        body = await fetch_document(grounds.client, asked, bytes_max=PROOF_BYTES_MAX, timeout_s=_WAIT_S)
        answer = foreign.decode(body, kind=Alive)
    except httpx2.HTTPStatusError as error:
        return blocking(
            f"{public} answers {error.response.status_code}: another server, or a proxy that does not reach us"
        )
    except (httpx2.HTTPError, TimeoutError) as error:
        if tls := _certificate_problem(error):
            return blocking(f"browsers will not trust {public}: {tls}")
        return attention(f"{public} cannot be reached from this machine: {str(error) or type(error).__name__}")
    except (ValueError, msgspec.DecodeError):
        return blocking(f"{public} is another server")
    if not secrets.compare_digest(answer.proof or "", expected):
        return blocking(f"{public} is a Plaudit with another database")
    return ok(f"{public} leads here")


def _certificate_problem(error: BaseException | None) -> str:
    """What is wrong with the other side's certificate; empty when it is something else."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return ""


async def proxy(grounds: Grounds) -> CheckOutcome:
    seen, settings = grounds.seen, grounds.settings
    if seen is None:
        return not_asked("only a request shows what stands before the server: look at /operator/setup")
    if wrong := _wrong_of(seen.host, seen.scheme, settings):
        return attention(wrong)
    named = seen.forwarded_for.rpartition(",")[2].strip()
    if named and seen.client == seen.peer != named:
        return attention(
            f"{seen.peer} names its clients in {settings.forwarded_header}, and is not believed: "
            "name its network in PLAUDIT_TRUSTED_PROXIES"
        )
    if not seen.forwarded_for and not is_loopback(settings.public_url) and is_loopback(f"http://{seen.peer}"):
        return attention(f"the proxy does not say who its clients are: let it set {settings.forwarded_header}")
    return ok(f"this request came from {seen.client}")


def _wrong_of(host: str, scheme: str, settings: Settings) -> str:
    public = urlsplit(settings.public_url)
    if host and host != public.netloc:
        return f"this page was asked for at {host}, and the public address is {public.netloc}: the proxy must keep Host"
    if scheme and scheme != public.scheme:
        return f"the proxy says that this page was asked for over {scheme}, and the public address is {public.scheme}"
    return ""


async def webhooks(grounds: Grounds) -> CheckOutcome:
    names = grounds.payments.names if grounds.payments else []
    if not names:
        return not_asked("no provider is described")
    async with grounds.opened.read() as connection:
        found = await fetch_all(connection, SQL["last_messages"], LastMessage, names)
    words = ", ".join(
        f"{one.provider} {f'{one.received_at:%Y-%m-%d %H:%M} UTC' if one.received_at else 'never'}" for one in found
    )
    if silent := [one.provider for one in found if one.received_at is None]:
        where = ", ".join(f"{grounds.settings.public_url}/v1/webhooks/{name}" for name in silent)
        return attention(f"{words}; register {where} and send a test", page="/operator/money-in")
    return ok(words)
