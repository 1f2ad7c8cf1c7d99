"""Videos as they are looked up: one, those of a platform, those of a creator, those everybody can watch."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import VIDEO_EXTERNAL_ID_LENGTH_MAX
from plaudit.moments import Moment
from plaudit.pages import Number, Places
from plaudit.statements import fetch_all, statements
from plaudit.videos.model import EXTERNAL_ID, Video, VideoUnknown

SQL = statements(__file__)

NO_END = 2**63 - 1
"""Above every id."""

BY_EXTERNAL_ID: Places[str] = Places(
    Annotated[str, Meta(pattern=EXTERNAL_ID, max_length=VIDEO_EXTERNAL_ID_LENGTH_MAX)], ""
)
"""The places of a platform's videos by its own ids."""
NEWEST_FIRST: Places[int] = Places(Number, NO_END)
"""The places of a creator's videos by our ids."""

Published: TypeAlias = tuple[Moment, Number]
"""When a video was published, and our id."""
LATEST: Published = (datetime.max.replace(tzinfo=UTC), NO_END)
"""After every video."""
BY_PUBLISHED: Places[Published] = Places(Published, LATEST)
"""The places of videos that everybody can watch."""
ShownIn: TypeAlias = tuple[int, str]
"""A video, and the state in which it was shown."""


async def videos_by_ids(connection: Connection, ids: Sequence[int]) -> list[Video]:
    """The videos of these ids that there are, whatever their state, in no order."""
    return await fetch_all(connection, SQL["videos_by_ids"], Video, ids) if ids else []


async def require_video(connection: Connection, video_id: int) -> Video:
    """The video of that id, whatever its state.

    Raises:
        VideoUnknown: there is none.
    """
    found = await videos_by_ids(connection, [video_id] if video_id <= NO_END else [])
    if not found:
        raise VideoUnknown
    return found[0]


async def no_longer_shown(connection: Connection, shown: Collection[ShownIn], now: datetime) -> list[ShownIn]:
    """Those of some videos that are not shown now, or no longer in the state in which they were: who looks has to ask
    anew whether they may."""
    ids, states = [video_id for video_id, _ in shown], [state for _, state in shown]
    rows = await connection.fetch(SQL["no_longer_shown"], ids, states, now)
    return [(row["video_id"], row["state"]) for row in rows]


async def videos_known(connection: Connection, ids: Sequence[int]) -> dict[int, Video]:
    """Videos by their ids, whatever their state; one that is not there is missing from the answer."""
    return {video.id: video for video in await videos_by_ids(connection, ids)}


async def videos_told(connection: Connection, issuer_id: int, external_ids: Sequence[str]) -> dict[str, Video]:
    """Videos of a platform by its own ids; one that is not there is missing from the answer."""
    ids = await connection.fetch(SQL["ids_by_external_ids"], issuer_id, external_ids)
    return {video.external_id: video for video in await videos_by_ids(connection, [row["id"] for row in ids])}


async def require_told(connection: Connection, issuer_id: int, external_id: str) -> Video:
    """The video that a platform calls so.

    Raises:
        VideoUnknown: it has told of none.
    """
    found = await videos_told(connection, issuer_id, [external_id])
    if external_id not in found:
        raise VideoUnknown
    return found[external_id]


async def videos_of_platform(connection: Connection, issuer_id: int, after: str, limit: int) -> list[Video]:
    """Videos of a platform in the order of its own ids, after one of them; deleted ones too."""
    return await _in_order(connection, "ids_of_platform", issuer_id, after, limit)


async def videos_of_owner(connection: Connection, owner_id: int, before: int, limit: int) -> list[Video]:
    """Videos of a creator, the newest first, with an id below another; not those that are deleted."""
    return await _in_order(connection, "ids_of_owner", owner_id, before, limit)


async def published_videos(connection: Connection, clock: Clock, limit: int, before: Published = LATEST) -> list[Video]:
    """Videos everybody can watch, the newest first, published before a place."""
    return await _in_order(connection, "ids_published", clock.now(), *before, limit)


async def _in_order(connection: Connection, statement: str, *arguments: object) -> list[Video]:
    ids = [row["id"] for row in await connection.fetch(SQL[statement], *arguments)]
    found = await videos_known(connection, ids)
    return [found[one] for one in ids]
