"""Whatever is told of videos, in whatever order, twice, and by several servers at once: the newest word stands, and
each keeps its key."""

import asyncio
from datetime import timedelta
from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.db import Database
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.telling import PersonFacts
from plaudit.people.telling import tell as tell_of_people
from plaudit.problems import Problem
from plaudit.settings import Settings
from plaudit.videos import actions, reading
from plaudit.videos.model import VideoState, VideoToTell
from tests.support.databases import START, Copies, owner_of

OWNERS = ("cleo", "otto")
VIDEOS = ("v-0", "v-1", "v-2")
STATES: list[VideoState] = ["published", "unlisted", "private", "age_restricted", "deleted"]


class Word(NamedTuple):
    """What is said of a video at a second; a `forget` says nothing but that it is gone."""

    video: str
    second: int
    kind: Literal["tell", "forget"]
    owner: str
    state: VideoState


WORDS = st.lists(
    st.builds(
        Word,
        st.sampled_from(VIDEOS),
        st.integers(1, 30),
        st.sampled_from(["tell", "tell", "tell", "forget"]),
        st.sampled_from(OWNERS),
        st.sampled_from(STATES),
    ),
    min_size=2,
    max_size=10,
    unique_by=lambda word: (word.video, word.second),
)
ARRIVALS = st.tuples(WORDS, st.randoms(use_true_random=False), st.integers(1, 4))


def said(word: Word) -> VideoToTell:
    return VideoToTell(
        external_id=word.video,
        owner_subject=word.owner,
        title=f"at second {word.second}",
        duration_ms=48_000,
        state=word.state,
        published_at=START,
        told_at=START + timedelta(seconds=word.second),
    )


async def hear(database: Database, issuer_id: int, words: list[Word], clock: ManualClock) -> None:
    """One request: a batch, and those that went one by one."""
    told = [said(word) for word in words if word.kind == "tell"]
    async with database.transaction() as connection:
        kept = await actions.tell(connection, issuer_id, dict(zip("abcdefghij", told, strict=False)), Settings(), clock)
        assert not [one for one in kept if isinstance(one, Problem)]
    for word in words:
        if word.kind == "forget":
            async with database.transaction() as connection:
                await actions.forget(connection, issuer_id, word.video, said(word).told_at, clock)


async def play(url: str, words: list[Word], arrivals: list[Word], requests: int) -> None:
    clock = ManualClock(START + timedelta(hours=1))
    owner = await connect(owner_of(url))
    issuer = await DevelopmentIssuer.new().register(owner, clock)
    await owner.close()
    async with Database(url) as database:
        async with database.transaction() as connection:
            creators = {subject: (subject, PersonFacts(roles=["creator"])) for subject in OWNERS}
            await tell_of_people(connection, issuer.id, creators, Settings(), clock)
        first = [Word(video, 0, "tell", OWNERS[0], "published") for video in VIDEOS]
        await hear(database, issuer.id, first, clock)
        async with database.read() as connection:
            born = await reading.videos_told(connection, issuer.id, VIDEOS)
        parts = [arrivals[number::requests] for number in range(requests)]
        await asyncio.gather(*(hear(database, issuer.id, part, clock) for part in parts))
        async with database.read() as connection:
            kept = await reading.videos_told(connection, issuer.id, VIDEOS)
    for video in VIDEOS:
        newest = max((word for word in [*first, *words] if word.video == video), key=lambda word: word.second)
        stands = kept[video]
        assert (stands.id, stands.key) == (born[video].id, born[video].key)
        assert stands.told_at == said(newest).told_at
        assert stands.state == ("deleted" if newest.kind == "forget" else newest.state)
        if newest.kind == "tell":  # who forgets says nothing of the rest
            assert (stands.owner_subject, stands.title) == (newest.owner, said(newest).title)


@pytest.mark.audit_off
@settings(max_examples=12)
@given(arrivals=ARRIVALS)
def test_the_newest_word_stands(copies: Copies, arrivals: tuple[list[Word], "object", int]) -> None:
    words, random, requests = arrivals
    twice = words * 2
    random.shuffle(twice)  # type: ignore[attr-defined]  # of the strategy's own kind
    url = copies.take()
    try:
        asyncio.run(play(url, words, twice, requests))
    finally:
        copies.give_back(url)
