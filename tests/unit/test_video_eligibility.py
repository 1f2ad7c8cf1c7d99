"""Whether gifts may be given on a video: each rule by itself, which of two is said, where a video may be watched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from plaudit.gifts.model import Item
from plaudit.settings import Settings
from plaudit.videos.eligibility import Occasion, Refusal, Rule, is_for_videos, may_watch, refusal_for, refusal_of_video
from plaudit.videos.model import Video

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
RULE = Rule(public_s_min=60, coins_min=5, coins_max=3_000, countries_refused=frozenset({"KP"}))
VIDEO = Video(
    shard=0,
    id=7,
    issuer_id=1,
    external_id="v-7",
    key="0" * 32,
    owner_id=3,
    title="Sixty rooftops",
    public_title="Sixty rooftops",
    duration_ms=48_000,
    cover_url=None,
    hls_url=None,
    state="published",
    published_at=NOW - timedelta(seconds=60),
    territories_allowed=None,
    territories_blocked=[],
    music_restricted=False,
    told_at=NOW,
    owner_subject="cleo",
    owner_name="Cleo",
    owner_avatar="",
    owner_country="GB",
    issuer_active=True,
    owner_may_earn=True,
    owner_opted_in=True,
    gifts_enabled=True,
    messages_enabled=False,
)
ADA = Occasion(person_id=4, issuer_id=1, countries=frozenset({"DE"}), rule=RULE, now=NOW)

OF_VIDEO: list[tuple[dict[str, Any], Refusal]] = [
    ({"state": "deleted"}, Refusal.DELETED),
    ({"state": "private"}, Refusal.PRIVATE),
    ({"state": "unlisted"}, Refusal.UNLISTED),
    ({"state": "age_restricted"}, Refusal.AGE_RESTRICTED),
    ({"published_at": NOW - timedelta(seconds=59)}, Refusal.TOO_NEW),
    ({"published_at": NOW}, Refusal.TOO_NEW),
    ({"music_restricted": True}, Refusal.MUSIC_RESTRICTED),
    ({"owner_may_earn": False}, Refusal.OWNER_NOT_A_CREATOR),
    ({"owner_country": "KP"}, Refusal.OWNER_COUNTRY_REFUSED),
    ({"owner_opted_in": False}, Refusal.GIFTS_OFF),
    ({"gifts_enabled": False}, Refusal.GIFTS_OFF),
    ({"state": "deleted", "owner_may_earn": False, "owner_opted_in": False}, Refusal.DELETED),
]
OF_GIVER: list[tuple[dict[str, Any], dict[str, Any], Refusal]] = [
    ({}, {"issuer_id": 2}, Refusal.FOREIGN),
    ({"state": "deleted"}, {"issuer_id": 2}, Refusal.FOREIGN),
    ({"state": "private"}, {"issuer_id": 2}, Refusal.FOREIGN),
    ({"published_at": NOW + timedelta(days=1)}, {}, Refusal.PRIVATE),
    ({"issuer_active": False}, {}, Refusal.PRIVATE),
    ({"issuer_active": False, "state": "deleted"}, {}, Refusal.DELETED),
    ({}, {"person_id": 3}, Refusal.OWN_VIDEO),
    ({}, {"countries": frozenset({"DE", "KP"})}, Refusal.GIVER_COUNTRY_REFUSED),
    ({"territories_blocked": ["DE"]}, {}, Refusal.TERRITORY_NOT_ALLOWED),
    ({"territories_allowed": ["FR"]}, {}, Refusal.TERRITORY_NOT_ALLOWED),
    ({"gifts_enabled": False}, {"person_id": 3}, Refusal.GIFTS_OFF),
]


def test_a_public_video_of_a_creator_who_wants_gifts_takes_them() -> None:
    assert refusal_of_video(VIDEO, RULE, NOW) is None
    assert refusal_for(VIDEO, ADA) is None
    assert (
        refusal_for(VIDEO, msgspec.structs.replace(ADA, person_id=None, issuer_id=None, countries=frozenset())) is None
    )


@pytest.mark.parametrize(("change", "refusal"), OF_VIDEO)
def test_what_keeps_gifts_away_whoever_gives(change: dict[str, Any], refusal: Refusal) -> None:
    changed = msgspec.structs.replace(VIDEO, **change)
    assert refusal_of_video(changed, RULE, NOW) is refusal
    assert refusal_for(changed, ADA) is refusal


@pytest.mark.parametrize(("video", "giver", "refusal"), OF_GIVER)
def test_what_keeps_somebody_from_giving(video: dict[str, Any], giver: dict[str, Any], refusal: Refusal) -> None:
    changed, occasion = msgspec.structs.replace(VIDEO, **video), msgspec.structs.replace(ADA, **giver)
    assert refusal_for(changed, occasion) is refusal


@pytest.mark.parametrize(
    ("allowed", "blocked", "countries", "watches"),
    [
        (None, [], set(), True),
        (None, [], {"DE"}, True),
        (None, ["FR"], {"DE"}, True),
        (None, ["FR"], {"DE", "FR"}, False),
        (None, ["FR"], set(), False),
        (["DE", "FR"], [], {"DE"}, True),
        (["DE", "FR"], [], {"DE", "FR"}, True),
        (["DE"], [], {"DE", "FR"}, False),
        (["DE"], [], set(), False),
        ([], [], {"DE"}, False),
    ],
)
def test_where_a_video_may_be_watched(
    allowed: list[str] | None, blocked: list[str], countries: set[str], watches: bool
) -> None:
    video = msgspec.structs.replace(VIDEO, territories_allowed=allowed, territories_blocked=blocked)
    assert may_watch(video, countries) is watches


@pytest.mark.parametrize(("coins", "fits"), [(4, False), (5, True), (3_000, True), (3_001, False)])
def test_items_for_videos_lie_in_a_band(coins: int, fits: bool) -> None:
    item = Item(
        id=1, sku="rose", version=1, name="Rose", coins=coins, category="cheer", art="rose.svg", size="small",
        combo=True, animation="sway", duration_ms=1_000, sort=1, active_from=NOW, retired_at=None,
    )  # fmt: skip
    assert is_for_videos(item, RULE) is fits


def test_the_band_and_the_age_are_settings() -> None:
    assert Rule.of(Settings()) == Rule(public_s_min=0, coins_min=5, coins_max=3_000, countries_refused=frozenset())
    chosen = Settings(video_coins_min=10, video_coins_max=20, video_public_s_min=3_600, refused_countries="KP IR")
    assert Rule.of(chosen) == Rule(
        public_s_min=3_600, coins_min=10, coins_max=20, countries_refused=frozenset({"KP", "IR"})
    )
