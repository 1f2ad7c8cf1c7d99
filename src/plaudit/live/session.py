"""What a screen sends: gifts, chat, pings. Held to a rate; each command gets one answer, whatever is wrong with it."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from plaudit.clock import Clock
from plaudit.gifts.attempts import Attempt, WantedGift
from plaudit.gifts.model import Gift, RoomUnknown
from plaudit.gifts.sending import GiftSender
from plaudit.ledger.model import GiftOutcome
from plaudit.limits import (
    SOCKET_COMMANDS_BURST,
    SOCKET_COMMANDS_PER_S,
    SOCKET_COMMANDS_UNDER_WAY_MAX,
    SOCKET_MESSAGE_BYTES_MAX,
    SOCKET_REFUSALS_MAX,
)
from plaudit.live.chat import Chat
from plaudit.live.conversation import Answer, ChatCommand, Command, GiftCommand, PingCommand
from plaudit.live.message import PONG, message
from plaudit.live.outlet import NOT_VALID, TOO_MANY
from plaudit.live.protocol import SocketOutlet
from plaudit.live.rooms import RoomCache
from plaudit.live.socket_watch import OVER
from plaudit.people.model import Scope, ScopeMissing
from plaudit.problems import InvalidBody, Problem, TooBusy, Unauthenticated, Unavailable
from plaudit.wire import place, problem_of

log = logging.getLogger(__name__)


_NEEDED = {ChatCommand: Scope.ROOMS, GiftCommand: Scope.GIFTS}
_decoder = msgspec.json.Decoder(Command)
_tasks: set[asyncio.Task[None]] = set()  # a task nobody holds may be collected before it ends


class Session:
    """The commands of one socket."""

    __slots__ = (
        "_allowance",
        "_clock",
        "_counted_at",
        "_expires_at",
        "_outlet",
        "_person_id",
        "_refusals",
        "_room_id",
        "_rooms",
        "_scopes",
        "_sender",
        "_speaker",
        "_under_way",
    )  # fmt: skip

    def __init__(
        self,
        parts: Mapping[str, Any],
        room_id: int,
        person_id: int,
        outlet: SocketOutlet,
        expires_at: float | None = None,
        scopes: frozenset[Scope] | None = None,
    ) -> None:
        """Args:
        parts: of the house.
        room_id: what is watched.
        person_id: who watches; 0: nobody who is signed in.
        outlet: of the socket.
        expires_at: until when the person may act, in seconds since 1970; None: until the socket is closed.
        scopes: what the key may do by which a server speaks for the person; None: no key.
        """
        self._clock: Clock = parts["clock"]
        self._expires_at = expires_at
        self._scopes = scopes
        self._sender: GiftSender = parts["gift_sender"]
        self._speaker: Chat = parts["chat"]
        self._rooms: RoomCache = parts["rooms"]
        self._room_id = room_id
        self._person_id = person_id
        self._outlet = outlet
        self._allowance = float(SOCKET_COMMANDS_BURST)
        self._counted_at = time.monotonic()
        self._refusals = 0
        self._under_way = 0

    async def listen(self, receive: Any) -> None:
        """Take commands until the socket is closed. Those under way are finished all the same."""
        self._outlet.listen(self._take)
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text")
            if text is None:
                text = (event.get("bytes") or b"").decode(errors="replace")
            self._take(text)

    def _take(self, text: str) -> None:
        if not self._within_rate() or self._under_way >= SOCKET_COMMANDS_UNDER_WAY_MAX:
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
        elif self._is_over():
            self._answer(str(command.id), problem=Unauthenticated())
            self._outlet.close(NOT_VALID, OVER)
        elif not self._person_id:
            self._answer(str(command.id), problem=Unauthenticated())
        elif self._scopes is not None and (needed := _NEEDED[type(command)]) not in self._scopes:
            self._answer(str(command.id), problem=ScopeMissing(needed))
        elif isinstance(command, ChatCommand):
            self._start(str(command.id), self._chat(command))
        else:
            self._give(command)

    def _is_over(self) -> bool:
        """Whether what the person came in by has expired: the watch may not have seen it yet."""
        return self._expires_at is not None and self._clock.now().timestamp() >= self._expires_at

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

    def _start(self, command_id: str, work: Coroutine[Any, Any, Gift | UnsetType]) -> None:
        """Do something that takes a while, and answer with the gift that it returns."""
        self._under_way += 1
        task = asyncio.get_running_loop().create_task(self._carry_out(command_id, work))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)

    async def _carry_out(self, command_id: str, work: Coroutine[Any, Any, Gift | UnsetType]) -> None:
        try:
            self._answer(command_id, gift=await work)
        except Exception as error:
            self._answer(command_id, problem=_problem(error))
        finally:
            self._under_way -= 1

    async def _chat(self, command: ChatCommand) -> UnsetType:
        room = await self._rooms.room(self._room_id)
        if room is None:
            raise RoomUnknown
        await self._speaker.say(room, self._person_id, command.id, command.text)
        return UNSET

    def _give(self, command: GiftCommand) -> None:
        """A gift. A task for each would cost more than all the rest, so there is one only when something is amiss."""
        wanted, command_id = self._wanted(command), str(command.id)
        try:
            begun = self._sender.begin(wanted)
        except Problem as problem:
            self._answer(command_id, problem=problem)
            return
        if begun is None:
            self._start(command_id, self._send(wanted))
            return
        attempt, charging = begun
        self._under_way += 1
        charging.add_done_callback(partial(self._charged, attempt))

    def _charged(self, attempt: Attempt, charging: "asyncio.Future[list[GiftOutcome]]") -> None:
        self._under_way -= 1
        command_id = str(attempt.order.id)
        if error := charging.exception():
            self._answer(command_id, problem=_problem(error))
            return
        outcome = charging.result()[0]
        if settled := self._sender.posted(attempt, outcome):
            self._answer(command_id, gift=settled[0])
        else:
            self._start(command_id, self._explain(attempt, outcome))

    async def _send(self, wanted: WantedGift) -> Gift:
        return (await self._sender.send(wanted))[0]

    async def _explain(self, attempt: Attempt, outcome: GiftOutcome) -> Gift:
        return (await self._sender.finish(attempt, outcome))[0]

    def _wanted(self, command: GiftCommand) -> WantedGift:
        return WantedGift(
            command.id,
            self._person_id,
            self._room_id,
            command.item_id,
            command.count,
            command.coins,
            int(command.creator_id) if command.creator_id else None,
            confirmed_minor=command.confirmed_minor,
        )

    def _answer(
        self, command_id: str | None, *, gift: Gift | UnsetType = UNSET, problem: Problem | None = None
    ) -> None:
        document = problem.as_dict() | _retry(problem) if problem else UNSET
        answer = Answer(id=command_id, ok=problem is None, gift=gift, problem=document)
        if not self._outlet.send(message(answer)):
            self._outlet.close(TOO_MANY, "answers are not read")


def _problem(error: BaseException) -> Problem:
    if isinstance(error, Problem):
        return error
    log.error("a command failed", exc_info=error)
    return Unavailable()


def _retry(problem: Problem) -> dict[str, int]:
    """What an HTTP answer says in a header."""
    seconds = problem.headers().get("Retry-After")
    return {"retry_after_s": int(seconds)} if seconds else {}


def _decode(text: str) -> Command:
    """The command in a message.

    Raises:
        InvalidBody, InvalidField: it is none; says why.
    """
    if len(text) > SOCKET_MESSAGE_BYTES_MAX:
        raise InvalidBody(f"The message is longer than {SOCKET_MESSAGE_BYTES_MAX} characters.")
    try:
        command: Command = _decoder.decode(text)
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
