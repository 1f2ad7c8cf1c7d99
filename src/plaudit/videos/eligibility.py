"""Whether gifts may be given on a video: a pure rule, whose answer is a code. What may not be given is not shown."""

import enum
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Self

import msgspec

from plaudit.gifts.model import Item
from plaudit.settings import Settings
from plaudit.videos.model import Video


class Refusal(enum.StrEnum):
    """Why nothing may be given on a video; stable codes. The first that holds is said."""

    FOREIGN = "video_foreign"
    """It is of another platform than the giver, who learns nothing more of it."""
    DELETED = "video_deleted"
    """Its platform took it away."""
    PRIVATE = "video_private"
    """Its platform says so, or will show it later, or is no longer accepted."""
    UNLISTED = "video_unlisted"
    """It is public for those only who know its address."""
    AGE_RESTRICTED = "video_age_restricted"
    TOO_NEW = "video_too_new"
    """It is not public for as long as `PLAUDIT_VIDEO_PUBLIC_S_MIN` says."""
    MUSIC_RESTRICTED = "video_music_restricted"
    """The owners of its music let nobody earn with it."""
    OWNER_NOT_A_CREATOR = "owner_not_a_creator"
    """Its owner's account is not in good standing: no creator any more, or of a platform that is not accepted."""
    OWNER_COUNTRY_REFUSED = "owner_country_refused"
    """Gifts are not given to where its owner is (`PLAUDIT_REFUSED_COUNTRIES`)."""
    GIFTS_CLOSED = "gifts_closed"
    """No gift can reach its owner just now: the rules where they are do not let it."""
    GIFTS_OFF = "video_gifts_off"
    """Its owner takes no gifts on videos, or none on this one."""
    OWN_VIDEO = "own_video"
    GIVER_COUNTRY_REFUSED = "giver_country_refused"
    """Gifts are not given from where the giver is (`PLAUDIT_REFUSED_COUNTRIES`)."""
    TERRITORY_NOT_ALLOWED = "territory_not_allowed"
    """The video may not be watched where the giver is, or where that is, is not known."""
    NO_ITEMS = "no_items_for_videos"
    """No item of the catalogue may be given on it, here."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all videos."""

    public_s_min: int
    coins_min: int
    coins_max: int
    countries_refused: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            public_s_min=settings.video_public_s_min,
            coins_min=settings.video_coins_min,
            coins_max=settings.video_coins_max,
            countries_refused=frozenset(settings.refused_countries.split()),
        )


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who would give, now."""

    person_id: int | None
    """None: a guest."""
    issuer_id: int | None
    """Their platform; of a guest none is known."""
    countries: frozenset[str]
    """Where they are, as far as evidence names countries."""
    rule: Rule
    now: datetime


_NOT_PUBLIC = {
    "deleted": Refusal.DELETED,
    "private": Refusal.PRIVATE,
    "unlisted": Refusal.UNLISTED,
    "age_restricted": Refusal.AGE_RESTRICTED,
}


def refusal_of_video(video: Video, rule: Rule, now: datetime) -> Refusal | None:
    """Why nobody may give on a video; None: somebody may."""
    if state := _NOT_PUBLIC.get(video.state):
        return state
    assert video.published_at is not None  # the table wants it of published ones
    checks = (
        (now < video.published_at + timedelta(seconds=rule.public_s_min), Refusal.TOO_NEW),
        (video.music_restricted, Refusal.MUSIC_RESTRICTED),
        (not video.owner_may_earn, Refusal.OWNER_NOT_A_CREATOR),
        (video.owner_country in rule.countries_refused, Refusal.OWNER_COUNTRY_REFUSED),
        (not (video.owner_opted_in and video.gifts_enabled), Refusal.GIFTS_OFF),
    )
    return _first(checks)


def refusal_for(video: Video, occasion: Occasion) -> Refusal | None:
    """Why somebody may not give on a video; None: they may."""
    rule, countries = occasion.rule, occasion.countries
    if occasion.issuer_id not in {None, video.issuer_id}:
        return Refusal.FOREIGN
    if hidden := video.hidden_as(occasion.now):
        return _NOT_PUBLIC[hidden]
    checks = (
        (occasion.person_id == video.owner_id, Refusal.OWN_VIDEO),
        (not rule.countries_refused.isdisjoint(countries), Refusal.GIVER_COUNTRY_REFUSED),
        (not may_watch(video, countries), Refusal.TERRITORY_NOT_ALLOWED),
    )
    return refusal_of_video(video, rule, occasion.now) or _first(checks)


def asks_where(video: Video, rule: Rule) -> bool:
    """Whether it matters where somebody is."""
    return bool(rule.countries_refused or video.territories_blocked) or video.territories_allowed is not None


def may_watch(video: Video, countries: Collection[str]) -> bool:
    """Whether a video may be watched by somebody of whom evidence names these countries: in each of them. Where that is
    not everywhere, none is too few."""
    if video.territories_allowed is not None:
        return bool(countries) and set(countries) <= set(video.territories_allowed)
    return not video.territories_blocked or (bool(countries) and set(countries).isdisjoint(video.territories_blocked))


def is_for_videos(item: Item, rule: Rule) -> bool:
    """Whether an item may be given on videos."""
    return rule.coins_min <= item.coins <= rule.coins_max


def _first(checks: Iterable[tuple[bool, Refusal]]) -> Refusal | None:
    return next((refusal for holds, refusal in checks if holds), None)
