"""What was given on videos: at its moment, by whom, taken back everywhere, whoever has the video, summed anew."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.creators.totals import actions as totals
from plaudit.events.log import want_gifts
from plaudit.feeds.gifts.actions import copy_gifts
from plaudit.ledger.following import follow, rebuild_now
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.limits import COMBO_WINDOW_MS, TIMELINE_MARKS_MAX, VIDEOS_PER_CALL_MAX
from plaudit.outgoing import tls_context
from plaudit.selling.providers.news import ReversalState
from plaudit.videos.given import actions as given
from tests.integration.test_clawback import Stage, open_stage
from tests.integration.test_told import told as told_events
from tests.support.gift_load import until_delivered
from tests.support.given import DURATION_MS, StageVideo
from tests.support.live import ROSE
from tests.support.returns import Returns
from tests.support.waiting import WAIT_S, eventually

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

VIDEOS = 10_000
KEPT = """
select v.by, v.second, v.item_id, v.giver_id, v.gifts, v.coins from video_subtotal v where v.coins > 0
union all select 'video', seq::integer, 0, 0, gifts, coins from video_total order by 1, 2, 3, 4
"""


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a video may still be watched."""
    monkeypatch.setattr("plaudit.live.socket_watch.WAY_IN_CHECK_S", 1)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def video(stage: Stage) -> StageVideo:
    return await StageVideo.of(stage)


async def test_gifts_are_at_their_moments_until_they_are_taken_back(stage: Stage, video: StageVideo) -> None:
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(600)
    await bob.buy(600)
    assert await video.givers() == (0, 0, [], [])
    await video.give(ada, 100, 42_300, message="Up here!")
    await video.give(bob, 30, 42_900)
    await video.give(ada, 20, 7_000)
    await video.give(bob, 5, None)
    stands = (155, 4, [("ada", 120, 2), ("bob", 35, 2)], [("bob", 5), ("ada", 20), ("bob", 30), ("ada", 100)])
    assert await video.marks() == [(7_000, 1, 20, ["ada"]), (42_000, 2, 130, ["ada", "bob"])]
    assert await video.givers() == stands
    last = (await video.ask("/givers"))["last"][-1]
    assert (last["position_ms"], last["message"], last["item_id"], last["count"]) == (42_300, "Up here!", ROSE, 100)

    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await video.marks() == [(42_000, 1, 30, ["bob"])]
    assert await video.givers() == (35, 2, [("bob", 35, 2)], [("bob", 5), ("bob", 30)])
    assert await _total_of(stage, stage.creator, video) == (4, 155, 120)
    page = (await stage.creator.get(f"/studio/videos/{video.id}")).text
    assert all(words in page for words in ("155 coins", "4 gifts", "Taken back of it", "−120 coins"))

    await stage.dispute(ada, order, ReversalState.UNDONE)
    assert await video.marks() == [(7_000, 1, 20, ["ada"]), (42_000, 2, 130, ["ada", "bob"])]
    assert await video.givers() == stands


async def test_a_gift_that_is_taken_back_in_part_stays_until_nothing_is_left(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    first = await ada.buy(350)
    stage.shop.clock.advance(timedelta(seconds=1))
    second = await ada.buy(350)
    await video.give(ada, 600, 1_000)
    for order, left in ((second, 350), (first, 0)):
        await stage.dispute(ada, order, ReversalState.OPENED)
        assert await video.marks() == ([(1_000, 1, left, ["ada"])] if left else [])
    for order, back in ((second, 250), (first, 600)):
        await stage.dispute(ada, order, ReversalState.UNDONE)
        assert await video.marks() == [(1_000, 1, back, ["ada"])]


async def test_who_hides_is_nowhere(stage: Stage, video: StageVideo) -> None:
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(600)
    await bob.buy(600)
    await video.give(bob, 10, 3_000)
    await video.give(ada, 500, 3_000, anonymous=True)
    assert await video.marks() == [(3_000, 2, 510, ["bob"])]
    assert await video.givers() == (510, 2, [("bob", 10, 1)], [("", 500), ("bob", 10)])
    shown = json.dumps([await video.ask(what) for what in ("/timeline", "/givers", "/frames")])
    assert "ada" not in shown
    assert f'"{ada.person_id}"' not in shown
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await video.givers() == (10, 1, [("bob", 10, 1)], [("bob", 10)])


async def test_who_hides_is_nobody_to_whoever_receives_it(stage: Stage, video: StageVideo) -> None:
    """Neither what the creator is shown, nor what her platform is told, says who sent it, or what else they sent."""
    database, clock = stage.shop.desk.house.database, stage.shop.clock
    async with database.transaction() as connection:
        await want_gifts(connection, clock.now())
    await copy_gifts(database, clock)
    ada, nobody = await Returns.of(stage.shop, "ada"), {"id": "0", "name": "", "avatar": ""}
    order = await ada.buy(600)
    shown = await video.give(ada, 50, 3_000)
    await video.give(ada, 500, 3_000, anonymous=True)
    received_path = f"/v1/creators/me/videos/{video.id}/received-gifts"
    hidden, told = await stage.items(received_path)
    assert (hidden["sender"], hidden["anonymous"], hidden["coins"]) == (nobody, True, 500)
    assert (told["sender"]["name"], "anonymous" in told) == ("ada", False)
    assert [one["id"] for one in await stage.items(received_path, thanked=False)] == [str(shown.id)]
    guessed = {"gifts": [{"viewer_id": str(ada.person_id), "id": hidden["id"]}]}
    assert (await stage.creator.post("/v1/creators/me/gifts/thank", json=guessed)).status_code == 404
    await follow(database, totals.FOLLOWER, totals.add_entries)
    by_supporter = {one["supporter"]["name"]: one for one in await _supporters(stage)}
    assert {name: one["coins_received"] for name, one in by_supporter.items()} == {"ada": 50, "": 500}
    assert by_supporter[""]["supporter"] == nobody
    assert "Somebody" in (await stage.creator.get("/studio/totals")).text

    await stage.dispute(ada, order, ReversalState.OPENED)
    (clawback,) = await stage.items("/v1/creators/me/clawbacks")
    clawed = await stage.items(f"/v1/creators/me/clawbacks/{clawback['reversal_id']}/gifts")
    assert [(one["sender_id"], one["sender_name"], one["coins"]) for one in clawed] == [("0", "", 500), ("0", "", 50)]
    for path in ("/studio/taken-back", f"/studio/taken-back/{clawback['reversal_id']}"):
        page = (await stage.creator.get(path)).text
        assert "from Somebody" in page
        assert "from ada" not in page

    await copy_gifts(database, clock)
    clock.advance(timedelta(milliseconds=COMBO_WINDOW_MS * 3))
    for _ in range(2):
        await copy_gifts(database, clock)
    for kind, within in (("video_gift.delivered", "gifts"), ("video_combo.ended", "combos")):
        said = [one for event in await told_events(database, kind) for one in event.data[within]]
        said.sort(key=lambda one: int(one["coins"]))
        assert [(one["anonymous"], one["coins"]) for one in said] == [(False, 50), (True, 500)]
        assert [one["sender"] and one["sender"]["subject"] for one in said] == ["ada", None]


async def _supporters(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await stage.creator.get("/v1/creators/me/totals?by=supporter")).json()["items"]
    return found


async def test_open_and_hidden_gifts_are_no_combo(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(600)
    gifts = [video.order(ada.person_id, 3, 1_000, anonymous=hidden) for hidden in (False, True, True, False)]
    outcomes = [await stage.shop.desk.house.gift_writer.charge(gift) for gift in gifts]
    assert [one.combo_id for one in outcomes] == [gifts[0].id, gifts[1].id, gifts[1].id, gifts[3].id]
    assert [one.combo_count for one in outcomes] == [3, 3, 6, 3]


async def test_a_video_that_moves_keeps_what_was_given(stage: Stage, video: StageVideo) -> None:
    """Its frames stay where they are, what is earned does not; both logs are summed, whichever comes first."""
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(600)
    await bob.buy(600)
    await video.give(ada, 100, 5_000)
    owner = await video.moves_to_another_shard()
    await video.give(ada, 200, 5_500)
    await video.give(bob, 50, 40_000)
    assert await video.marks() == [(5_000, 2, 300, ["ada"]), (40_000, 1, 50, ["bob"])]
    assert await video.givers() == (
        *(350, 3, [("ada", 300, 2), ("bob", 50, 1)]),
        [("bob", 50), ("ada", 200), ("ada", 100)],
    )
    assert [frame["seq"] for frame in (await video.ask("/frames"))["items"]] == [1, 2, 3]
    assert (await video.ask("/timeline"))["cursor"].endswith(":3")

    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await video.givers() == (50, 1, [("bob", 50, 1)], [("bob", 50)])
    frames = (await video.ask("/frames"))["items"]
    assert [(one["seq"], one["kind"]) for one in frames[3:]] == [(4, "reversal"), (5, "reversal")], (
        "one of each creator"
    )
    assert await _total_of(stage, stage.creator, video) == (1, 100, 100)
    assert await _total_of(stage, owner, video) == (2, 250, 200)
    await _is_the_same_summed_anew(stage)


async def test_several_sum_the_same_videos_at_once(stage: Stage, video: StageVideo) -> None:
    """Of videos that moved: each shard's log has gifts on both, in turns in another order."""
    ada, both = await Returns.of(stage.shop, "ada"), [video.id, await video.second()]
    await ada.buy(6_000)
    owners = [stage.creator_id]
    await video.moves_to_another_shard()
    owners.append(video.owner_id)
    for turn in range(20):
        given_now = [
            video.order(ada.person_id, 1, 1_000 * turn, creator_id=owner, video_id=one)
            for owner in owners
            for one in both[:: -1 if turn % 2 else 1]
        ]
        await _give_many(stage, given_now)
        await asyncio.gather(*(video.sum() for _ in range(3)))
    await video.sum()
    for video.id in both:
        assert (await video.givers())[:3] == (40, 40, [("ada", 40, 40)])
        assert await video.marks() == [(1_000 * turn, 2, 2, ["ada"]) for turn in range(20)]


async def test_a_gift_that_several_earn_is_whole(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    order = await ada.buy(600)
    others = [await stage.shop.desk.person_id(one) for one in ("dora", "edda")]
    shares = tuple(GiftShare(one, 300) for one in others)
    await video.give(ada, 600, 9_000, shares=shares)
    ((at_ms, _, coins, senders),) = await video.marks()
    assert (at_ms, coins, senders) == (9_000, 600, ["ada"])
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await video.givers() == (0, 0, [], [])


async def test_marks_are_few_however_much_is_given(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(600)
    orders = [video.order(ada.person_id, 1 + (second == 30), 1_000 * second) for second in range(DURATION_MS // 1000)]
    await _give_many(stage, orders)
    assert len(await video.marks()) == len(orders)
    few = await video.marks(marks=7)
    assert (len(few), sum(one[1] for one in few), sum(one[2] for one in few)) == (7, len(orders), len(orders) + 1)
    assert 30_000 in [one[0] for one in few], "the dearest second of those that share a mark"
    await video.tell("cleo", duration_ms=10)  # it was cut: what was given later stays
    assert len(await video.marks(marks=7)) == 7
    await video.tell("cleo", duration_ms=86_400_000)
    assert [one[1:3] for one in await video.marks(marks=TIMELINE_MARKS_MAX)] == [(len(orders), len(orders) + 1)]


async def test_a_mark_says_how_many_gave(stage: Stage, video: StageVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob, cid = [await Returns.of(stage.shop, one) for one in ("ada", "bob", "cid")]
    for one in (ada, bob, cid):
        await one.buy(600)

    async def marks(limit: int) -> list[tuple[list[str], int | None]]:
        await video.sum()
        found = (await video.ask("/timeline", marks=limit))["marks"]
        return [([sender["name"] for sender in one["senders"]], one["givers"]) for one in found]

    await video.give(ada, 5, 1_000)
    await video.give(ada, 50, 2_000)
    await video.give(bob, 5, 2_500)
    await video.give(cid, 5, 40_000)
    assert await marks(TIMELINE_MARKS_MAX) == [(["ada"], 1), (["ada", "bob"], 2), (["cid"], 1)]
    assert await marks(1) == [(["ada", "bob"], 3)], "ada once, and cid, who is not named"
    await video.give(cid, 5, 2_000, anonymous=True)
    assert await marks(TIMELINE_MARKS_MAX) == [(["ada"], 1), (["ada", "bob"], None), (["cid"], 1)]
    monkeypatch.setattr("plaudit.videos.given.actions.TIMELINE_GIVERS_COUNTED", 0)
    assert {givers for _, givers in await marks(TIMELINE_MARKS_MAX)} == {None}, "too many to count"


async def test_all_is_the_same_when_it_is_summed_anew(stage: Stage, video: StageVideo) -> None:
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(600)
    await bob.buy(600)
    for turn in range(12):
        await video.give((ada, bob)[turn % 2], 3 + turn, 4_000 * (turn % 5), anonymous=turn % 4 == 3)
        if turn % 3 == 0:
            await video.sum()
        if turn == 7:
            await stage.dispute(ada, order, ReversalState.OPENED)
        if turn in {7, 9}:
            await bob.buy(70)
            ada = bob
    await _is_the_same_summed_anew(stage)


async def test_events_of_a_video_are_those_of_a_room_without_who_watches(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    order = await ada.buy(600)
    await video.give(ada, 10, 1_000)
    await video.sum()
    cursor = (await video.ask("/timeline"))["cursor"]
    async with Watching(stage, f"/v1/videos/{video.id}/events", cursor) as watching:
        assert (await watching.next())["room_id"] == str(video.id)
        await video.give(ada, 20, 2_000)
        said = await watching.until("frames")
        assert [(one["coins"], one["position_ms"]) for one in said["frames"][0]["gifts"]] == [(20, 2_000)]
        await stage.dispute(ada, order, ReversalState.OPENED)
        frame = (await watching.until("frames"))["frames"][0]
        assert (frame["kind"], frame["event"]) == ("reversal", "taken_back")
        async with stage.shop.desk.house.database.read() as connection:
            assert await connection.fetchval("select count(*) from room_viewers") == 0
        await video.tell("cleo", state="deleted")
        assert await watching.is_over()
    assert {kind for kind, _ in watching.heard} <= {"hello", "frames", "wallet"}
    guest = await stage.shop.desk.client()
    for what in ("/events", "/frames", "/timeline", "/givers", ""):
        gone = await guest.get(f"/v1/videos/{video.id}{what}")
        assert (gone.status_code, gone.json()["code"]) == (410, "video_deleted")


@pytest.mark.parametrize(
    ("before", "after"), [("published", "unlisted"), ("published", "age_restricted"), ("unlisted", "age_restricted")]
)
async def test_events_end_with_the_state_in_which_a_video_was_shown(
    before: str, after: str, stage: Stage, video: StageVideo
) -> None:
    key = (await video.tell("cleo", state=before))["key"]
    async with Watching(stage, f"/v1/videos/{video.id}/events", f"77:1&key={key}") as watching:
        await watching.next()
        await video.tell("cleo", state=after)
        assert await watching.is_over()


async def test_a_cursor_of_a_video_is_one_of_a_room(stage: Stage, video: StageVideo) -> None:
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(600)
    for position_ms in (1_000, 2_000, 3_000):
        await video.give(ada, 10, position_ms)
    page = await video.ask("/frames", limit=2)
    assert [one["seq"] for one in page["items"]] == [1, 2]
    rest = await video.ask("/frames", limit=2, after=page["next"])
    assert ([one["seq"] for one in rest["items"]], rest["next"]) == ([3], None)
    guest = await stage.shop.desk.client()
    for what in ("/events", "/frames"):  # a number is a room's or a video's
        assert (await guest.get(f"/v1/rooms/{video.id}{what}")).json()["code"] == "room_unknown"
        assert (await guest.get(f"/v1/videos/{stage.room_id}{what}")).json()["code"] == "video_unknown"
    void = await guest.get(f"/v1/videos/{video.id}/frames", params={"after": rest["cursor"].replace(":3", ":4")})
    assert (void.status_code, void.json()["code"], void.json()["cursor"]) == (409, "cursor_void", rest["cursor"])
    async with Watching(stage, f"/v1/videos/{video.id}/events", "77:1") as watching:
        assert (await watching.until("resync"))["reason"] == "epoch"
        assert [one["seq"] for one in (await watching.until("frames"))["frames"]] == [1, 2, 3]


async def test_ten_thousand_videos_with_gifts_open_nothing(stage: Stage) -> None:
    """Nothing is open, counted or read for them; what was given is there when somebody asks."""
    video = await StageVideo.of(stage)
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(20_000)
    facts = {"owner_subject": "cleo", "title": "Rooftops", "duration_ms": DURATION_MS}
    facts |= {"published_at": "2026-01-01T00:00:00Z"}
    ids: list[int] = []
    for start in range(0, VIDEOS, VIDEOS_PER_CALL_MAX):
        batch = [facts | {"external_id": f"w-{start + one}"} for one in range(VIDEOS_PER_CALL_MAX)]
        told = (await video.server.post("/v1/videos:batch", json={"videos": batch})).json()["items"]
        ids += [int(one["video"]["id"]) for one in told]
    await _give_many(stage, [video.order(ada.person_id, 1, 1_000, video_id=one) for one in ids])
    await video.sum()
    async with stage.shop.desk.house.database.read() as connection:
        assert await connection.fetchval("select count(*) from video_total where coins = 1") == VIDEOS
        assert await connection.fetchval("select count(*) from room_viewers") == 0
    for house in (stage.shop.desk.house, stage.process.house):
        assert house.hub.watched_rooms() == []
    video.id = ids[-1]
    assert await video.marks() == [(1_000, 1, 1, ["ada"])]


async def _give_many(stage: Stage, orders: list[GiftOrder]) -> None:
    house = stage.shop.desk.house
    for start in range(0, len(orders), 1_000):
        outcomes = await house.gift_writer.charge_many(orders[start : start + 1_000])
        assert {one.outcome for one in outcomes} == {"posted"}
    await until_delivered(house.database.url)


async def _total_of(stage: Stage, creator: httpx2.AsyncClient, video: StageVideo) -> tuple[int, int, int]:
    """Gifts, coins received and taken back, as the creator's totals have the video."""
    house = stage.shop.desk.house
    await follow(house.database, totals.FOLLOWER, totals.add_entries)
    (one,) = (await creator.get("/v1/creators/me/totals", params={"by": "video"})).json()["items"]
    assert one["video_id"] == str(video.id)
    return one["gifts"], one["coins_received"], one["coins_taken_back"]


async def _is_the_same_summed_anew(stage: Stage) -> None:
    database = stage.shop.desk.house.database
    await follow(database, given.FOLLOWER, given.add_entries, given.videos_among)
    async with database.read() as connection:
        before = await connection.fetch(KEPT)
    assert before
    await rebuild_now(database, given.FOLLOWER, given.add_entries, given.forget, given.videos_among)
    async with database.read() as connection:
        assert await connection.fetch(KEPT) == before


class Watching:
    """Server-sent events of the process with a port, as a guest."""

    def __init__(self, stage: Stage, path: str, cursor: str) -> None:
        self._stage = stage
        self._address = f"{stage.process.origin}{path}?cursor={cursor}"
        self.heard: list[tuple[str, Any]] = []

    async def __aenter__(self) -> "Watching":
        self._client = httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S)
        self._answer = self._client.stream("GET", self._address)
        answer = await self._answer.__aenter__()
        assert answer.status_code == 200
        self._lines = answer.aiter_lines()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._answer.__aexit__(None, None, None)
        await self._client.aclose()
        await eventually(lambda: not self._stage.process.house.hub.sockets, "the hub has let go")

    async def next(self) -> dict[str, Any]:
        """What is said next. Raises StopAsyncIteration when the stream is over."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(WAIT_S):
            while True:
                line = await anext(self._lines)
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    said: dict[str, Any] = json.loads(fields["data"])
                    self.heard.append((fields["event"], said))
                    return said
                else:
                    fields = {}

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            said = await self.next()
            if said["type"] == kind:
                return said

    async def is_over(self) -> bool:
        try:
            while True:
                await self.next()
        except StopAsyncIteration:
            return True
