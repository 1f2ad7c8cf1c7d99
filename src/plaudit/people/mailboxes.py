"""Where people are mailed to: what their platform proved or told, unless they want no mail."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.statements import fetch_one, statements
from plaudit.texts import is_email_address

SQL = statements(__file__)


class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of where somebody is mailed to."""

    person_id: int
    address: str | None
    known_at: datetime
    bounced_at: datetime | None
    bounce: str
    """What the mail server said when a mail came back."""
    removed_at: datetime | None
    """When they said that they want no mail; their address is not kept then."""

    @property
    def shown(self) -> str:
        """The address as others may see it."""
        name, _, host = (self.address or "").partition("@")
        return shortened(name, host) if host else ""

    @property
    def is_good(self) -> bool:
        return self.address is not None and self.bounced_at is None


def shortened(name: str, host: str) -> str:
    """An address as others may see it."""
    return f"{name[:1]}…@{host}"


def email_of(value: object) -> str | None:
    """The address in a claim; None: it is none that can be mailed to."""
    return value if isinstance(value, str) and is_email_address(value) else None


async def mailbox_of(connection: Connection, person_id: int) -> Mailbox | None:
    """None: nobody has said where they are mailed to."""
    return await fetch_one(connection, SQL["mailbox_of"], Mailbox, person_id)


async def note_addresses(connection: Connection, addresses: Mapping[int, str], clock: Clock) -> None:
    """Keep where people are mailed to, by their ids, unless they want none. Another address has not bounced yet."""
    if addresses:
        await connection.execute(SQL["note_addresses"], list(addresses), list(addresses.values()), clock.now())


async def forget_addresses(connection: Connection, people: Collection[int]) -> None:
    """Know of none of these people, until somebody says one."""
    if people:
        await connection.execute(SQL["forget_addresses"], sorted(people))


async def wish(connection: Connection, person_id: int, clock: Clock, *, wanted: bool) -> None:
    """Whether somebody wants mail. Who wants none has their address removed, and none is kept until they do."""
    if wanted:
        await connection.execute(SQL["allow_address"], person_id)
    else:
        await connection.execute(SQL["remove_address"], person_id, clock.now())


async def note_bounce(connection: Connection, person_id: int, mailed_at: datetime, words: str, now: datetime) -> None:
    """That mail to somebody came back, unless another address is known since it was sent."""
    await connection.execute(SQL["note_bounce"], person_id, mailed_at, words, now)
