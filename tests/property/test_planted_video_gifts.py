"""Bugs planted in the sending of gifts to videos: the machine must find each, by what it names."""

from collections.abc import Callable
from typing import Any

import pytest

from plaudit.gifts import sending
from plaudit.gifts.sending import GiftSender
from plaudit.schema.migrate import PACKAGE
from plaudit.videos.places import VideoPlace, VideoPlaces
from tests.property.test_video_gifts import hold_against_model
from tests.support.plants import plant, require_found

pytestmark = pytest.mark.unsold

CHARGE = PACKAGE / "ledger" / "functions" / "10_charge.sql"


async def _nothing(*_: object) -> None:
    return None


async def _refused_at_once(self: GiftSender, wanted: Any) -> Any:
    attempt = await self._attempts.make(wanted)
    if attempt.refusal:
        raise attempt.refusal
    return await self.finish(attempt, await self._writer.charge(attempt.order))


# Where, what is there, what stands there instead, and the rule or invariant that must see it.
BUGS: dict[str, tuple[object, str, object, str]] = {
    "a retry after the video changed hands is a conflict": (GiftSender, "_first_answer", _nothing, "give_again"),
    "anything under a known id is a retry": (sending, "_is_of", lambda *_: True, "give_another_under_its_id"),
    "what is refused now was never posted": (
        GiftSender,
        "send",
        _refused_at_once,
        "give_again or give_another_under_its_id",
    ),
    "frames move with the owner": (
        VideoPlace,
        "shard",
        property(lambda self: self.video.owner_id % 2),
        "all_are_shown_where_the_video_lies",
    ),
    "the first owner earns for ever": (
        VideoPlace,
        "creator_id",
        property(lambda self: self.video.owner_id // 1000 * 1000 + 1),
        "give",
    ),
    "what changed is believed to be as before": (VideoPlaces, "changed", lambda *_: None, "give or _posted"),
    "a switch is not heard of": (VideoPlaces, "changed_of", lambda *_: None, "give or _posted"),
}


def _hold(database_url: str) -> Callable[[int], None]:
    return lambda examples: hold_against_model(database_url, examples=examples, planted=True)


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong, found_by = BUGS[bug]
    monkeypatch.setattr(where, name, wrong)
    require_found(found_by, database_url, _hold(database_url))


@pytest.mark.audit_off
def test_a_planted_repeat_of_another_receivers_gift_is_found(database_url: str) -> None:
    plant(database_url, CHARGE, "(line.creator_id, line.room_id,", "(known.creator_id, line.room_id,")
    require_found("give_again or give_another_under_its_id", database_url, _hold(database_url))
