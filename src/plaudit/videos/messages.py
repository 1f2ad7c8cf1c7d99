"""Taking away the words of a gift on a video: gone for everybody; the gift stays, and it is kept who did it."""

from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import VideoGiftMessageRemoved
from plaudit.ledger import following
from plaudit.ledger.messages import Remover, remove_message
from plaudit.ledger.shards import shard_of
from plaudit.people.model import Caller, Role
from plaudit.people.references import reference
from plaudit.problems import NotFound
from plaudit.statements import fetch_one, statements
from plaudit.videos import reading
from plaudit.videos.frames import MessageRemovedBody
from plaudit.videos.model import NotYourVideo, Video
from plaudit.videos.refusals import VideoForeign

SQL = statements(__file__)


class GiftNotInFrame(NotFound):
    code: ClassVar[str] = "gift_not_in_frame"
    title: ClassVar[str] = "This frame of the video shows no such gift."


class GiftInFrame(msgspec.Struct, frozen=True):
    """A gift as its frame shows it."""

    viewer_id: int
    creator_id: int
    message: str | None


async def remove(connection: Connection, video_id: int, seq: int, gift_id: UUID, caller: Caller, clock: Clock) -> None:
    """Take the words from a gift that frame `seq` of a video shows; one without words stays as it is.

    Raises:
        GiftNotInFrame, VideoUnknown: there is no such gift.
        NotYourVideo, VideoForeign: they are not the caller's to take.
    """
    video = await reading.require_video(connection, video_id)
    shown = await fetch_one(connection, SQL["gift_in_frame"], GiftInFrame, video.shard, video.id, seq, gift_id)
    if shown is None:
        raise GiftNotInFrame
    remover = _remover(video, shown.creator_id, caller)
    if shown.message is None:
        return
    # Whoever copies frames has told of the words before, or does not find them afterwards.
    await following.wait_for_all(connection, video.shard)
    viewer_shard, now = await shard_of(connection, shown.viewer_id), clock.now()
    if not await remove_message(connection, viewer_shard, shown.viewer_id, gift_id, seq, remover, now):
        return
    body = msgspec.to_builtins(MessageRemovedBody(str(gift_id)))
    await connection.execute(SQL["tell_screens"], video.shard, video.id, MessageRemovedBody.KIND, body, now)
    if creator := await reference(connection, shown.creator_id):
        told = VideoGiftMessageRemoved(
            video_id=str(video.id),
            external_id=video.external_id,
            title=video.title,
            creator=creator,
            seq=seq,
            gift_id=gift_id,
            removed_by=remover.removed_by,
        )
        await record(connection, now, told)


def _remover(video: Video, receiver_id: int, caller: Caller) -> Remover:
    """As what the caller may take words away: whose video it is, or who received the gift; an operator; a server of the
    video's platform.

    Raises:
        NotYourVideo, VideoForeign: as nothing.
    """
    if not caller.person_id:
        if caller.issuer_id != video.issuer_id:
            raise VideoForeign
        return Remover("platform", None, caller.key_id)
    if caller.person_id in {video.owner_id, receiver_id}:
        return Remover("creator", caller.person_id, None)
    if Role.OPERATOR in caller.roles:
        return Remover("platform", caller.person_id, None)
    raise NotYourVideo
