"""HTTP to addresses that strangers choose: the name is looked up, each address checked, and a checked one connected to,
so that no name leads into our own networks, not even between two look-ups. No redirect or proxy is followed."""

import asyncio
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2

from plaudit.limits import WEBHOOK_ADDRESSES_MAX, WEBHOOK_ANSWER_BYTES_MAX, WEBHOOK_TRY_S_MAX, WEBHOOKS_AT_ONCE
from plaudit.outgoing import tls_context

Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """The name leads to where nothing may be sent; the message says where."""


@dataclass(frozen=True)
class Answer:
    """What became of a request: a status, or why there is none."""

    duration_ms: int
    status: int | None = None
    text: str = ""
    """The first bytes of the answer."""
    error: str = ""


def is_allowed(text: str, allowed: Iterable[Network], *, open_too: bool = True) -> bool:
    """Whether an address is of a network that was allowed, or of the open internet."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour or _behind_nat64(address)
        address = embedded or address
    if any(address in network for network in allowed):
        return True
    return open_too and address.is_global and not address.is_multicast and not address.is_reserved


def networks(text: str) -> tuple[Network, ...]:
    """The networks of the setting."""
    return tuple(ip_network(word) for word in text.split())


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to nothing else."""

    def __init__(self, allowed: tuple[Network, ...], *, open_too: bool) -> None:
        self._allowed = allowed
        self._open_too = open_too
        self._tcp = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.AsyncNetworkStream:
        """As the library asks for it.

        Raises:
            AddressRefused: an address of the name is not allowed.
            httpcore2.ConnectError: none could be connected to.
        """
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in await self._addresses(host, port):
            try:
                return await self._tcp.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> list[str]:
        """All addresses of a name; one that is not allowed condemns the name."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} cannot be looked up: {error}") from error
        addresses = list(dict.fromkeys(str(place[4][0]) for place in found))[:WEBHOOK_ADDRESSES_MAX]
        for address in addresses:
            if not is_allowed(address, self._allowed, open_too=self._open_too):
                raise AddressRefused(f"{host} is {address}, which is {self._refused}")
        return addresses

    @property
    def _refused(self) -> str:
        return "of no open network" if self._open_too else "of no network that was allowed, as http:// needs"

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise AddressRefused("a socket of this machine")


class Courier:
    """Posts bodies to addresses, each by a connection of its own. Unencrypted ones go to networks that were allowed."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        self._encrypted = _pool(CheckedBackend(allowed, open_too=True))
        self._plain = _pool(CheckedBackend(allowed, open_too=False))

    async def close(self) -> None:
        await self._encrypted.aclose()
        await self._plain.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body once; whatever goes wrong is an answer too."""
        begun = time.monotonic()

        def passed_ms() -> int:
            return int((time.monotonic() - begun) * 1_000)

        try:
            async with asyncio.timeout(WEBHOOK_TRY_S_MAX):
                status, text = await self._post(url, headers, body)
        except TimeoutError:
            return Answer(passed_ms(), error=f"no answer within {WEBHOOK_TRY_S_MAX} s")
        except AddressRefused as error:
            return Answer(passed_ms(), error=f"not sent: {error}")
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, OSError) as error:
            return Answer(passed_ms(), error=f"{type(error).__name__}: {error}".rstrip(": "))
        return Answer(passed_ms(), status, text)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        kept = bytearray()
        pool = self._encrypted if url.startswith("https:") else self._plain
        async with pool.stream("POST", url, headers=list(headers.items()), content=body) as answer:
            try:
                async for chunk in answer.aiter_stream():
                    kept += chunk[: WEBHOOK_ANSWER_BYTES_MAX - len(kept)]
                    if len(kept) >= WEBHOOK_ANSWER_BYTES_MAX:
                        break
            except (httpcore2.NetworkError, httpcore2.ProtocolError):
                pass  # the status is the answer; what it says beside may be cut off
            return answer.status, kept.decode("utf-8", "replace").replace("\0", "�")


def _pool(backend: CheckedBackend) -> httpcore2.AsyncConnectionPool:
    return httpcore2.AsyncConnectionPool(
        ssl_context=tls_context(),
        max_connections=WEBHOOKS_AT_ONCE,
        max_keepalive_connections=0,  # addresses are checked for each request
        network_backend=backend,
    )
