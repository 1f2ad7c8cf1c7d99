"""Screens for benchmarks: many sockets in one process, which look at no more of a message than they must."""

import asyncio
import os
import resource
from collections.abc import Sequence
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

FILES_MAX = 65_536
CONNECTING_AT_ONCE = 50
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def allow_many_files() -> None:
    """Let this process and those it starts have a socket for everybody, as far as the machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


class Screen(WSListener):
    """One socket; what it does with a message is up to the benchmark."""

    transport: WSTransport
    token = ""
    """Of the person who watches; empty: a guest."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self.closed_with(int(frame.get_close_code().value))
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.received(frame)

    def received(self, frame: WSFrame) -> None:
        """A message came."""

    def closed_with(self, code: int) -> None:
        """The server closes."""


async def connect_all(addresses: Sequence[tuple[str, Screen]]) -> None:
    """Connect screens, so many at once."""
    free = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def connect(address: str, screen: Screen) -> None:
        async with free:
            headers = {"Authorization": f"Bearer {screen.token}"} if screen.token else None
            await ws_connect(lambda: screen, address, enable_auto_ping=False, extra_headers=headers)

    await asyncio.gather(*(connect(address, screen) for address, screen in addresses))


def cpu_s(pid: int) -> float:
    """Processor time a process has used, in user and kernel mode. Linux only."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def resident_bytes(pid: int) -> int:
    """Memory of a process that is not swapped out. Linux only."""
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def disconnect_all(screens: Sequence[Any]) -> None:
    for screen in screens:
        screen.transport.disconnect()
