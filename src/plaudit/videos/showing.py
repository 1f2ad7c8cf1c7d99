"""Videos that somebody may look at: what handlers ask for by the name `shown`."""

from litestar.di import Provide

from plaudit.injected import Clock, Database
from plaudit.videos import reading
from plaudit.videos.creator_api import VideoId
from plaudit.videos.model import Video


async def shown_video(video_id: VideoId, database: Database, clock: Clock) -> Video:
    """The video of the address.

    Raises:
        VideoUnknown, VideoDeleted, VideoPrivate: nobody may look at it now.
    """
    async with database.read() as connection:
        return await reading.require_shown(connection, int(video_id), clock.now())


SHOWN = {"shown": Provide(shown_video)}
