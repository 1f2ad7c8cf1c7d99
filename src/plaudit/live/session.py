"""What a screen sends: gifts, chat, pings. Held to a rate; each command gets one answer, whatever is wrong with it."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec

from plaudit.gifts.model import IdText, RoomUnknown
from plaudit.gifts.sending import GiftSender, WantedGift
from plaudit.limits import (
    GIFT_COINS_MAX,
    GIFT_COUNT_MAX,
    SOCKET_COMMANDS_BURST,
    SOCKET_COMMANDS_PER_S,
    SOCKET_COMMANDS_UNDER_WAY_MAX,
    SOCKET_MESSAGE_BYTES_MAX,
    SOCKET_REFUSALS_MAX,
)
from plaudit.live.message import PONG, message
from plaudit.live.outlet import TOO_MANY, Outlet
from plaudit.problems import InvalidBody, Problem, TooBusy, Unauthenticated, Unavailable
from plaudit.wire import place, problem_of

log = logging.getLogger(__name__)


class GiftCommand(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="gift", kw_only=True):
    """Send a gift. `coins` is the total that was shown."""

    id: UUID
    item_id: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    count: Annotated[int, msgspec.Meta(ge=1, le=GIFT_COUNT_MAX)] = 1
    coins: Annotated[int, msgspec.Meta(ge=1, le=GIFT_COINS_MAX)] | None = None
    creator_id: IdText | None = None


class ChatCommand(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="chat", kw_only=True):
    """Say something."""

    id: UUID
    text: str


class PingCommand(msgspec.Struct, tag_field="type", tag="ping"):
    """Ask for a sign of life."""


_decoder = msgspec.json.Decoder(GiftCommand | ChatCommand | PingCommand)
_under_way: set[asyncio.Task[None]] = set()  # a task nobody holds may be collected before it ends


class Session:
    """The commands of one socket."""

    __slots__ = ("_allowance", "_counted_at", "_outlet", "_parts", "_person_id", "_refusals", "_room_id", "_tasks")

    def __init__(self, parts: Mapping[str, Any], room_id: int, person_id: int, outlet: Outlet) -> None:
        self._parts = parts
        self._room_id = room_id
        self._person_id = person_id
        self._outlet = outlet
        self._allowance = float(SOCKET_COMMANDS_BURST)
        self._counted_at = time.monotonic()
        self._refusals = 0
        self._tasks = 0

    async def listen(self, receive: Any) -> None:
        """Take commands until the socket is closed. Those under way are finished all the same."""
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text")
            if text is None:
                text = (event.get("bytes") or b"").decode(errors="replace")
            self._take(text)
            # The server stops reading this socket meanwhile.
            while self._tasks >= SOCKET_COMMANDS_UNDER_WAY_MAX:  # noqa: ASYNC110 - hardly ever; an event a socket is dear
                await asyncio.sleep(0.005)

    def _take(self, text: str) -> None:
        if not self._within_rate():
            self._refusals += 1
            if self._refusals > SOCKET_REFUSALS_MAX:
                self._outlet.close(TOO_MANY, "too many commands")
            else:
                self._answer(_id_of(text), problem=TooBusy())
            return
        try:
            command = _decode(text)
        except Problem as problem:
            self._answer(_id_of(text), problem=problem)
            return
        if isinstance(command, PingCommand):
            self._outlet.send(PONG)
        elif not self._person_id:
            self._answer(str(command.id), problem=Unauthenticated())
        else:
            self._start(command)

    def _within_rate(self) -> bool:
        now = time.monotonic()
        self._allowance = min(
            float(SOCKET_COMMANDS_BURST), self._allowance + (now - self._counted_at) * SOCKET_COMMANDS_PER_S
        )
        self._counted_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _start(self, command: GiftCommand | ChatCommand) -> None:
        self._tasks += 1
        task = asyncio.get_running_loop().create_task(self._carry_out(command))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)

    async def _carry_out(self, command: GiftCommand | ChatCommand) -> None:
        try:
            if isinstance(command, GiftCommand):
                sender: GiftSender = self._parts["gift_sender"]
                gift, _ = await sender.send(self._wanted(command))
                self._answer(str(command.id), gift=gift)
            else:
                room = await self._parts["rooms"].room(self._room_id)
                if room is None:
                    raise RoomUnknown
                await self._parts["chat"].say(room, self._person_id, command.id, command.text)
                self._answer(str(command.id))
        except Problem as problem:
            self._answer(str(command.id), problem=problem)
        except Exception:
            log.exception("a command failed")
            self._answer(str(command.id), problem=Unavailable())
        finally:
            self._tasks -= 1

    def _wanted(self, command: GiftCommand) -> WantedGift:
        return WantedGift(
            command.id,
            self._person_id,
            self._room_id,
            command.item_id,
            command.count,
            command.coins,
            int(command.creator_id) if command.creator_id else None,
        )

    def _answer(self, command_id: str | None, *, problem: Problem | None = None, **fields: Any) -> None:
        if problem is not None:
            fields["problem"] = problem.as_dict() | _retry(problem)
        if not self._outlet.send(message("answer", id=command_id, ok=problem is None, **fields)):
            self._outlet.close(TOO_MANY, "answers are not read")


def _retry(problem: Problem) -> dict[str, int]:
    """What an HTTP answer says in a header."""
    seconds = problem.headers().get("Retry-After")
    return {"retry_after_s": int(seconds)} if seconds else {}


def _decode(text: str) -> GiftCommand | ChatCommand | PingCommand:
    """The command in a message.

    Raises:
        InvalidBody, InvalidField: it is none; says why.
    """
    if len(text) > SOCKET_MESSAGE_BYTES_MAX:
        raise InvalidBody(f"The message is longer than {SOCKET_MESSAGE_BYTES_MAX} characters.")
    try:
        command: GiftCommand | ChatCommand | PingCommand = _decoder.decode(text)
    except msgspec.ValidationError as error:
        where, reason = place(error, "")
        raise problem_of([(where.lstrip(".") or "type", reason)]) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidBody(f"The message is not JSON: {error}.") from error
    return command


class _Named(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(max_length=64)]


def _id_of(text: str) -> str | None:
    """The id of a command that cannot be carried out, so that its sender knows which."""
    if len(text) > SOCKET_MESSAGE_BYTES_MAX:
        return None
    try:
        return msgspec.json.decode(text, type=_Named).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
