"""The network a request comes from: whose word is believed about it, and how little of it is kept."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from plaudit.limits import FORWARDED_HOPS_MAX, PEERS_REMEMBERED
from plaudit.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PREFIX_KEPT = {4: 24, 6: 48}
_PREFIX_OF_ONE = 64
_FORWARDED_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^\s;"]*))', re.IGNORECASE)
_IPV4_WITH_PORT = re.compile(r"^([\d.]+):\d+$(?!\n)")


@cache
def trusted_proxies(text: str) -> tuple[Network, ...]:
    """The networks of the setting."""
    return tuple(ip_network(word) for word in text.split())


def client_address(scope: Mapping[str, Any], settings: Settings) -> str | None:
    """The address of whoever sends a request; None when it cannot be told.

    The header counts only as far as proxies we trust have written it: from its end to the first address that is not
    one of theirs. What stands before that is what the client itself claims.
    """
    peer, spelled, is_proxy = _peer((scope.get("client") or ("",))[0], settings.trusted_proxies)
    if peer is None or not is_proxy:
        return spelled
    name = settings.forwarded_header.lower()
    text = ",".join(value.decode("latin-1") for key, value in scope["headers"] if key.decode("latin-1") == name)
    return _first_beyond(_hops(name, text), peer, trusted_proxies(settings.trusted_proxies))


def is_from_proxy(scope: Mapping[str, Any], settings: Settings) -> bool:
    """Whether a request came over a proxy we trust."""
    return _peer((scope.get("client") or ("",))[0], settings.trusted_proxies)[2]


@lru_cache(maxsize=PEERS_REMEMBERED)
def _peer(text: str, proxies: str) -> tuple[Address | None, str | None, bool]:
    """Who stands at the other end of a connection, as text, and whether that is a proxy we trust."""
    peer = read_address(text)
    return peer, str(peer) if peer else None, peer is not None and _is_one_of(peer, trusted_proxies(proxies))


def _first_beyond(hops: Sequence[str], peer: Address, trusted: tuple[Network, ...]) -> str | None:
    nearest: Address = peer
    for hop in reversed(hops[-FORWARDED_HOPS_MAX:]):
        address = read_address(hop)
        if address is None:
            return None
        nearest = address
        if not _is_one_of(address, trusted):
            break
    return str(nearest)


def _hops(name: str, text: str) -> list[str]:
    """The addresses of a header, in the order of the way."""
    elements = [element.strip() for element in text.split(",") if element.strip()]
    if name != "forwarded":
        return elements
    found = [_FORWARDED_FOR.search(element) for element in elements]
    return [(match[1] or match[2] or "") if match else "" for match in found]


def read_address(text: str) -> Address | None:
    """An address as it stands in headers, with or without port and brackets; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif match := _IPV4_WITH_PORT.match(text):
        text = match[1]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_one_of(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def public_address(text: str | None) -> Address | None:
    """An address that belongs to somewhere; None for loopback, private and reserved ones."""
    address = read_address(text) if text else None
    return address if address is not None and address.is_global else None


def guest_address(text: str | None) -> str | None:
    """What guests are told apart by: an address of IPv4, or the /64 of IPv6 of which one has all; None for addresses
    that belong to nowhere, since behind them may be a proxy nobody named, and everybody."""
    address = public_address(text)
    if address is None:
        return None
    return str(address) if address.version == 4 else str(ip_network((address, _PREFIX_OF_ONE), strict=False))


def where_of(scope: Mapping[str, Any]) -> Callable[[], tuple[str | None, str | None]]:
    """Tells the address of a request and its `guest_address` to whoever asks: few have to know."""

    def where() -> tuple[str | None, str | None]:
        address = client_address(scope, scope["plaudit"]["settings"])
        return address, guest_address(address)

    return where


def kept_network(address: Address) -> str:
    """The part of an address that may be kept: /24 of IPv4, /48 of IPv6."""
    return str(ip_network((address, _PREFIX_KEPT[address.version]), strict=False))
