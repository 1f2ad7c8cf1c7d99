"""uvicorn's WebSocket protocol with a shortcut: a frame that was encoded once is written to each socket as it is.

The ASGI `send` costs a coroutine, an encoding and a copy for every socket and message; the shortcut costs one write.
The server is started with `ws=SocketProtocol`; the outlet is in `scope["extensions"]["plaudit.outlet"]`.
"""

from collections.abc import Callable
from typing import cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from plaudit.limits import SOCKET_BUFFER_BYTES_MAX, SOCKET_CLOSE_WAIT_S
from plaudit.live.message import Message

EXTENSION = "plaudit.outlet"


class SocketProtocol(WebSocketsSansIOProtocol):
    """A connection whose application may write frames directly, and be called with messages as they come."""

    on_text: Callable[[str], None] | None = None

    def send_receive_event_to_app(self) -> None:
        """Past the queue and its task, when somebody listens; that one holds the sender to a rate."""
        if self.on_text is None or self.close_sent or self.curr_msg_data_type != "text":
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        try:
            text = data.decode()
        except UnicodeDecodeError:
            super().send_receive_event_to_app()  # which says so to the sender and closes
            return
        self.frames = []
        self.on_text(text)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # a handshake that failed has no scope
            extensions = cast("dict[str, object]", self.scope["extensions"])
            extensions[EXTENSION] = SocketOutlet(self)


class SocketOutlet:
    """Writes to the transport of one connection. What the reader has not taken waits there, up to a bound."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: SocketProtocol) -> None:
        self._protocol = protocol

    def send(self, message: Message) -> bool:
        protocol = self._protocol
        transport = protocol.transport
        if protocol.close_sent or protocol.disconnected or transport.is_closing():
            return True
        if transport.get_write_buffer_size() > SOCKET_BUFFER_BYTES_MAX:
            return False
        transport.write(message.socket_frame)
        return True

    def close(self, code: int, reason: str) -> None:
        """The close frame goes behind what waits; a reader who does not take it in time is cut off."""
        protocol = self._protocol
        transport = protocol.transport
        if protocol.close_sent or protocol.disconnected or transport.is_closing():
            return
        protocol.stop_keepalive()
        protocol.conn.send_close(code, reason)
        transport.write(b"".join(protocol.conn.data_to_send()))
        protocol.close_sent = True
        protocol.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if protocol.read_paused:
            protocol.read_paused = False
            transport.resume_reading()
        protocol.close_timer = protocol.loop.call_later(SOCKET_CLOSE_WAIT_S, transport.abort)

    def listen(self, on_text: Callable[[str], None]) -> None:
        """Have text messages handed over as they come, past the queue of `receive`; those waiting there stay there."""
        self._protocol.on_text = on_text

    async def drained(self) -> bool:
        return await self._protocol.writable.wait()


def outlet_of(extensions: dict[str, object]) -> SocketOutlet:
    """The outlet of a socket.

    Raises:
        RuntimeError: the server was not started with `ws=SocketProtocol`.
    """
    outlet = extensions.get(EXTENSION)
    if not isinstance(outlet, SocketOutlet):
        raise RuntimeError("room sockets need the server to run with ws=SocketProtocol")
    return outlet
