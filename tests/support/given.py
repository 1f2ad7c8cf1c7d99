"""Gifts on videos for tests: a video of a stage's creator, and givers who pay, dispute and hide."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from msgspec import structs

from plaudit.ids import new_id
from plaudit.ledger.following import follow
from plaudit.ledger.model import GiftOrder
from plaudit.people.model import Role
from plaudit.videos.given import actions as given
from tests.integration.test_clawback import Stage
from tests.support.gift_load import until_delivered
from tests.support.live import ROSE
from tests.support.returns import Returns

DURATION_MS = 48_000
OTHERS = ("dora", "edda", "fay", "gwen")


@dataclass
class StageVideo:
    """A video that a platform told of, and whose it is now."""

    stage: Stage
    server: httpx2.AsyncClient
    id: int
    shard: int
    owner_id: int

    @classmethod
    async def of(cls, stage: Stage) -> "StageVideo":
        """One of the stage's creator."""
        desk = stage.shop.desk
        server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
        shard = desk.house.shards.of(stage.creator_id)
        video = cls(stage, server, 0, shard, stage.creator_id)
        video.id = int((await video.tell("cleo"))["id"])
        return video

    async def tell(self, owner: str, external_id: str = "v-1", **more: Any) -> dict[str, Any]:
        """What the platform says of it, and of its owner."""
        assert (await self.server.put(f"/v1/people/{owner}", json={"roles": ["creator"]})).status_code == 200
        since = self.stage.shop.clock.now() - timedelta(days=1)
        facts = {
            "owner_subject": owner,
            "title": "Rooftops",
            "duration_ms": DURATION_MS,
            "published_at": since.isoformat(),
        }
        answer = await self.server.put(f"/v1/videos/by-external-id/{external_id}", json=facts | more)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def moves_to_another_shard(self) -> httpx2.AsyncClient:
        """The new owner, whose gift balance lies elsewhere than the frames."""
        desk = self.stage.shop.desk
        for subject in OTHERS:
            client = await desk.person(subject, Role.VIEWER, Role.CREATOR)
            self.owner_id = await desk.person_id(subject)
            if desk.house.shards.of(self.owner_id) != self.shard:
                await self.tell(subject)
                return client
        raise LookupError("all of them are of one shard")

    def order(self, giver_id: int, coins: int, position_ms: int | None, **more: Any) -> GiftOrder:
        """A gift to whoever has the video."""
        clock = self.stage.shop.clock
        whole = GiftOrder(new_id(clock), giver_id, self.owner_id, None, ROSE, coins, coins, shown_shard=self.shard)
        return structs.replace(whole, **{"video_id": self.id, "position_ms": position_ms} | more)

    async def give(self, giver: Returns, coins: int, position_ms: int | None, **more: Any) -> GiftOrder:
        """A gift that arrived everywhere."""
        gift = self.order(giver.person_id, coins, position_ms, **more)
        outcome = await self.stage.shop.desk.house.gift_writer.charge(gift)
        assert outcome.outcome == "posted"
        await until_delivered(self.stage.shop.desk.house.database.url)
        return gift

    async def second(self) -> int:
        """The number of one more video of the stage's creator."""
        return int((await self.tell("cleo", external_id="v-2"))["id"])

    async def sum(self) -> None:
        """All that happened is in the sums."""
        await follow(self.stage.shop.desk.house.database, given.FOLLOWER, given.add_entries, given.videos_among)

    async def ask(self, what: str = "", **query: Any) -> dict[str, Any]:
        """An answer to anybody about the video."""
        guest = await self.stage.shop.desk.client()
        answer = await guest.get(f"/v1/videos/{self.id}{what}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def marks(self, **query: Any) -> list[tuple[int, int, int, list[str]]]:
        """Where, how many, how many coins, who: of the timeline."""
        await self.sum()
        marks = (await self.ask("/timeline", **query))["marks"]
        return [(one["at_ms"], one["count"], one["coins"], _names(one["senders"])) for one in marks]

    async def givers(self) -> tuple[int, int, list[tuple[str, int, int]], list[tuple[str, int]]]:
        """Coins and gifts in all; the top with coins and gifts; the last with coins."""
        await self.sum()
        said, video = await self.ask("/givers"), await self.ask()
        assert (said["coins"], said["gifts"]) == (video["coins"], video["gifts"])
        assert [one["rank"] for one in said["top"]] == list(range(1, len(said["top"]) + 1))
        top = [(one["person"]["name"], one["coins"], one["gifts"]) for one in said["top"]]
        return said["coins"], said["gifts"], top, [(one["sender"]["name"], one["coins"]) for one in said["last"]]


def _names(people: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in people]
