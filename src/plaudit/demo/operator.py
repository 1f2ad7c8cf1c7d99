"""The operator of the demo: approves your payouts and small ones, so that you can cash out alone; the rest wait."""

import asyncio
import logging

from plaudit.demo.client import Refused
from plaudit.demo.world import World
from plaudit.limits import PAGE_LENGTH_MAX

log = logging.getLogger(__name__)


class Operator:
    """Looks at what is requested every few seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._client = world.client(world.cast.operator)
        self._habit = world.behaviour.operator

    async def look(self) -> None:
        """Approve what is small, and whatever the creator asks for who is left to whoever tries the demo."""
        await asyncio.sleep(self._habit.look_every_s)
        requested = await self._client.get("/v1/operator/payouts", state="requested", limit=PAGE_LENGTH_MAX)
        yours = {room.creator.id for room in self._world.rooms if room.creator.name == self._world.cast.yours.name}
        for payout in requested["items"]:
            if payout["creator_id"] in yours or payout["diamonds"] <= self._habit.approve_diamonds_max:
                await self._approve(payout["id"])

    async def _approve(self, payout_id: str) -> None:
        try:
            await self._client.post(f"/v1/payouts/{payout_id}/approve")
        except Refused as refused:
            if refused.fields.get("controls") == ["name_unknown"]:
                named = {"control": "name_unknown", "figure": 0, "reason": "Everybody here is made up."}
                await self._client.post(f"/v1/operator/payouts/{payout_id}/passes", named)
                return await self._approve(payout_id)
            log.info("payout %s was not approved: %s", payout_id, refused.code)
