"""HTTP to others: what all clients of this process share."""

import asyncio
import os
import ssl
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address

import httpx2

from plaudit.settings import SetupError


@cache
def tls_context() -> ssl.SSLContext:
    """Whom clients trust: this machine's authorities, or those SSL_CERT_FILE names. Reading them takes tens of
    milliseconds, so it is done once.

    Raises:
        SetupError: what SSL_CERT_FILE names cannot be read.
    """
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR", "")
        raise SetupError(f"SSL_CERT_FILE: no authorities can be read from {named}: {error}") from error


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nobody is on the way to it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


async def fetch_document(
    client: httpx2.AsyncClient, address: str, *, bytes_max: int, timeout_s: float, accept: str = "application/json"
) -> bytes:
    """What is at an address.

    Raises:
        httpx2.HTTPError: no answer, or one that is no success.
        TimeoutError: it took longer than `timeout_s` in all.
        ValueError: it is longer than `bytes_max`.
    """
    async with (
        asyncio.timeout(timeout_s),
        client.stream("GET", address, headers={"Accept": accept}) as answer,
    ):
        answer.raise_for_status()
        return await _read(answer, bytes_max)


async def post_form(
    client: httpx2.AsyncClient,
    address: str,
    form: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    bytes_max: int,
    timeout_s: float,
) -> tuple[int, bytes]:
    """Status and body of what a form is answered with.

    Raises:
        httpx2.HTTPError: no answer.
        TimeoutError: it took longer than `timeout_s` in all.
        ValueError: it is longer than `bytes_max`.
    """
    wanted = {"Accept": "application/json", **headers}
    async with (
        asyncio.timeout(timeout_s),
        client.stream("POST", address, data=dict(form), headers=wanted) as answer,
    ):
        return answer.status_code, await _read(answer, bytes_max)


async def _read(answer: httpx2.Response, bytes_max: int) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > bytes_max:
            raise ValueError(f"more than {bytes_max} bytes")
    return bytes(body)
