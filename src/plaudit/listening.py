"""Listening sockets: made here and handed to whoever serves, so that a port is taken before anybody hears of it."""

import socket

from plaudit.limits import LISTEN_BACKLOG
from plaudit.settings import SetupError


def listen(host: str, port: int, *, share_port: bool = False) -> socket.socket:
    """A listening socket.

    Args:
        host: address or name.
        port: 0 for any that is free.
        share_port: let other sockets listen there too; the kernel divides the connections among them.

    Raises:
        SetupError: the address cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share_port:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind(address)
        listening.listen(LISTEN_BACKLOG)
    except OSError as error:
        mend = "; choose another with --port" if port and not isinstance(error, socket.gaierror) else ""
        raise SetupError(f"cannot listen on {host} port {port}: {error.strerror or error}{mend}") from error
    return listening


def url_of(listening: socket.socket) -> str:
    """The address of an HTTP server on the socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
