"""HTTP to others: what all clients of this process share."""

import ssl
from functools import cache

import httpx2


@cache
def tls_context() -> ssl.SSLContext:
    """Whom clients trust. Reading the authorities takes tens of milliseconds, so it is done once."""
    return httpx2.create_ssl_context()
