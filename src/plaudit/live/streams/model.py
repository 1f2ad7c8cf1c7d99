"""Stream keys and streams: as they are kept, asked for and answered, and what can go wrong."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from plaudit.problems import Forbidden, NotFound


class StreamKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a creator's streaming tool shows, without the secret itself."""

    id: UUID
    creator_id: int
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """One showing of a creator."""

    id: UUID
    name: str
    creator_id: int
    key_id: UUID
    room_id: int
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class NewStreamKey(msgspec.Struct, forbid_unknown_fields=True):
    """A key to make; the one before is good no longer. Its id makes it happen once."""

    id: Annotated[UUID, msgspec.Meta(description="UUID of version 7, made by the caller.")]


class StreamKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """What a creator enters in a streaming tool such as OBS. `key` is shown once; null ever after."""

    server: Annotated[str, msgspec.Meta(description="The server to stream to.", examples=["rtmp://media.example/live"])]
    id: Annotated[UUID | None, msgspec.Meta(description="Of the key that is good now; null: there is none.")]
    key: Annotated[str | None, msgspec.Meta(description="The stream key itself, when it was made just now.")]
    created_at: str | None
    used_at: Annotated[str | None, msgspec.Meta(description="When a tool last showed it.")]


class StreamsNotOffered(NotFound):
    code: ClassVar[str] = "streams_not_offered"
    title: ClassVar[str] = (
        "No media server is set up here: PLAUDIT_STREAM_RTMP_URL, PLAUDIT_STREAM_HLS_URL and PLAUDIT_STREAM_SECRET are"
        " needed."
    )


class StreamRefused(Forbidden):
    """The media server lets the tool in no further."""

    code: ClassVar[str] = "stream_refused"
    title: ClassVar[str] = "This may not be streamed."
