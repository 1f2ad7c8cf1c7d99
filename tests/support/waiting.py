"""How tests wait for what happens by itself: so long that only what never happens fails them."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx2

WAIT_S = 120
"""A busy machine takes several times what a quiet one does."""
_LOOK_PAUSE_S = 0.02


def until(condition: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Wait until a condition holds; `what` says it in words."""
    deadline = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < deadline, f"in vain: waited {wait_s} s until {what}"
        time.sleep(_LOOK_PAUSE_S)


async def eventually(condition: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """The same where others go on meanwhile."""
    deadline = time.monotonic() + WAIT_S
    while not (held if isinstance(held := condition(), bool) else await held):
        assert time.monotonic() < deadline, f"in vain: waited {WAIT_S} s until {what}"
        await asyncio.sleep(_LOOK_PAUSE_S)


def answers(url: str) -> bool:
    """Whether somebody answers there, whatever it is."""
    try:
        httpx2.get(url)
    except httpx2.TransportError:
        return False
    return True
