"""A creator's videos: whether gifts are taken on them, what each earned, and the gifts of one, to be thanked for."""

from datetime import UTC, date, datetime
from typing import Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.connections import Connection
from plaudit.creators.totals import actions as totals
from plaudit.creators.totals.model import Period, Total
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, speaking
from plaudit.limits import PAGE_ROWS, VIDEOS_EARNED_MAX
from plaudit.payouts import methods, rates
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.rules.help import why_no_gifts
from plaudit.videos import actions, reading
from plaudit.videos.eligibility import Refusal, Rule, refusal_of_video
from plaudit.videos.model import NotYourVideo, Video
from plaudit.web.language import tag_for, voice_for
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.studio import Standing, standing_of
from plaudit.web.pages.tray import item_data
from plaudit.web.pages.videos import video_cover

_REASONS = {
    Refusal.PRIVATE: later("Private: gifts are for public videos."),
    Refusal.UNLISTED: later("Unlisted: gifts are for public videos."),
    Refusal.AGE_RESTRICTED: later("Age-restricted: no gifts."),
    Refusal.TOO_NEW: later("Too new: gifts open a while after it is public."),
    Refusal.MUSIC_RESTRICTED: later("Its music allows no gifts."),
    Refusal.OWNER_NOT_A_CREATOR: later("Your account takes no gifts just now."),
    Refusal.OWNER_COUNTRY_REFUSED: later("Gifts are not possible in your country."),
}
"""What keeps gifts away from a video, beside its creator's own switches."""


def _reason(video: Video, rule: Rule, clock: Clock) -> str:
    """What keeps gifts away from a video, in words; empty: nothing but, maybe, a switch."""
    refusal = refusal_of_video(video, rule, clock.now())
    return _(_REASONS[refusal]) if refusal in _REASONS else ""


async def _standing(connection: Connection, creator_id: int, clock: Clock) -> Standing:
    mine = await methods.methods_of(connection, creator_id)
    return await standing_of(connection, creator_id, mine[0].currency if mine else rates.HOUSE_CURRENCY, clock)


async def _not_theirs_any_more(
    connection: Connection, creator_id: int, now: datetime
) -> dict[int, tuple[Video, Total]]:
    """Of the videos on which a creator received the most, those that are gone or another's now."""
    ever = Period(date.min, now.astimezone(UTC).date())
    earned = {one.key: one for one in await totals.totals_by(connection, creator_id, "video", ever, VIDEOS_EARNED_MAX)}
    known = await reading.videos_known(connection, list(earned))
    return {
        key: (video.as_known_to(creator_id, now), earned[key])
        for key, video in known.items()
        if video.state == "deleted" or video.owner_id != creator_id
    }


@get("/studio/videos", access=Access.CREATOR, include_in_schema=False)
async def studio_videos(
    caller: Caller, database: Database, settings: Settings, clock: Clock, before: FromQuery[str | None] = None
) -> Response[str]:
    """A creator's videos: whether gifts are taken on them, and what keeps gifts away."""
    me, rule, places = caller.person_id, Rule.of(settings), reading.NEWEST_FIRST
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.videos_of_owner(connection, me, places.after_or_start(before), PAGE_ROWS + 1)
        taken = await actions.takes_gifts(connection, me)
        messages_taken = await actions.takes_messages(connection, me)
        shown = found[:PAGE_ROWS]
        earned = await totals.totals_of(connection, me, "video", [one.id for one in shown])
        once = await _not_theirs_any_more(connection, me, clock.now()) if before is None else {}
        standing = await _standing(connection, me, clock)
        with speaking(voice_for(viewer.person, translated=True)):
            no_gifts = await why_no_gifts(connection, clock, me, asks_stop=settings.rules_ask_stops)
    return page(
        "studio_videos.html",
        viewer,
        nav="studio",
        videos=shown,
        reasons={one.id: _reason(one, rule, clock) for one in shown},
        taken=taken,
        messages_taken=messages_taken,
        no_gifts=no_gifts,
        earned=earned,
        once=once,
        standing=standing,
        next=places.next(found, PAGE_ROWS, lambda one: one.id),
        first=before is None,
        cover=video_cover,
        coins_min=rule.coins_min,
        coins_max=rule.coins_max,
    )


@get("/studio/videos/{video_id:int}", access=Access.CREATOR, include_in_schema=False)
async def studio_video(
    video_id: FromPath[int],
    caller: Caller,
    database: Database,
    catalogue: NamedDependency[Catalogue],
    clock: Clock,
) -> Response[str]:
    """Gifts that a creator received on one video, whoever has it now, to be ticked off as thanked."""
    me = caller.person_id
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        video = (await reading.require_video(connection, video_id)).as_known_to(me, clock.now())
        earned = (await totals.totals_of(connection, me, "video", [video_id])).get(video_id)
        if earned is None and video.owner_id != me:
            raise NotYourVideo
        standing = await _standing(connection, me, clock)
    tag = tag_for(viewer.person)
    data: dict[str, Any] = {
        "video_id": str(video.id),
        "shown": video.hidden_as(clock.now()) is None and (video.owner_id == me or video.state == "published"),
        "items": [item_data(item, tag) for item in catalogue.offered()],
        "lang": tag,
    }
    return page(
        "studio_video.html",
        viewer,
        nav="studio",
        video=video,
        mine=video.owner_id == me,
        cover=video_cover(video),
        earned=earned,
        standing=standing,
        data=data,
    )


router = Router("/", route_handlers=[studio_videos, studio_video])
