"""Sockets of overlay tokens, so that a token that is revoked anywhere loses its sockets here."""

import asyncio
import logging
from contextlib import suppress
from uuid import UUID

from plaudit.db import Database
from plaudit.limits import OVERLAY_CHECK_S
from plaudit.live import overlays
from plaudit.live.outlet import NOT_VALID, Outlet

log = logging.getLogger(__name__)


class OverlayWatch:
    """Closes the sockets of revoked tokens: at once when they are revoked here, soon when elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outlets: dict[UUID, set[Outlet]] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, token_id: UUID, outlet: Outlet) -> None:
        self._outlets.setdefault(token_id, set()).add(outlet)

    def discard(self, token_id: UUID, outlet: Outlet) -> None:
        outlets = self._outlets.get(token_id, set())
        outlets.discard(outlet)
        if not outlets:
            self._outlets.pop(token_id, None)

    def revoked(self, token_id: UUID) -> None:
        """Close every socket of a token."""
        for outlet in self._outlets.pop(token_id, set()):
            outlet.close(NOT_VALID, "the token was revoked")

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="overlay tokens")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(OVERLAY_CHECK_S)
            if not self._outlets:
                continue
            try:
                async with self._database.read() as connection:
                    revoked = await overlays.revoked_among(connection, self._outlets.keys())
            except Exception as error:
                log.warning("overlay tokens could not be checked: %r", error)
                continue
            for token_id in revoked:
                self.revoked(token_id)
