"""Ports of tests: each is taken before anybody is told of it, so that nobody else comes by it in between."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

LOOPBACK = "127.0.0.1"


@contextmanager
def held_port() -> Iterator[int]:
    """A port on which whoever is told of it may listen, one after another; while nobody does, it refuses.

    The system gives it to nobody who asks for any port; whoever names it gets it, because servers set SO_REUSEADDR.
    """
    with _bound(reuse=True) as holding:
        yield holding.getsockname()[1]


def _bound(*, reuse: bool) -> socket.socket:
    made = socket.socket()
    if reuse:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((LOOPBACK, 0))
    return made


_never_listening = _bound(reuse=False)
NOBODY = f"http://{LOOPBACK}:{_never_listening.getsockname()[1]}"
"""Where nobody listens as long as this process lives: connections are refused."""
