"""Who watches videos in the demo: now and then somebody gives on one."""

import asyncio
import logging

from plaudit.demo.client import Refused
from plaudit.demo.videos import Told
from plaudit.demo.world import World
from plaudit.ids import new_id

log = logging.getLogger(__name__)


class VideoAudience:
    """All of them."""

    def __init__(self, world: World, videos: list[Told]) -> None:
        self._world = world
        self._videos = videos
        self._random = world.random_of("videos")

    async def give_sometimes(self) -> None:
        """Somebody gives something small, if they have the coins: those who watch rooms recharge there."""
        await asyncio.sleep(self._random.expovariate(1 / self._world.behaviour.viewing.video_gift_every_s))
        viewer, video = self._random.choice(self._world.cast.viewers), self._random.choice(self._videos)
        client = self._world.client(viewer)
        coins = (await client.get("/v1/wallet"))["coins"]
        items = (await client.get(f"/v1/videos/{video.id}/catalogue"))["items"]
        fitting = [item for item in items if item["coins"] <= coins]
        if not fitting:
            return
        item = self._random.choices(fitting, [one["coins"] ** -0.6 for one in fitting])[0]
        try:
            await client.post("/v1/gifts", video.gift(str(new_id(self._world.clock)), item, self._random))
        except Refused as refused:  # by what changed since it was looked at
            log.info("%s could not give: %s", viewer.name, refused)
