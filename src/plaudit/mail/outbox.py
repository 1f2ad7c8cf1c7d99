"""The outbox: mails are written in the transaction of what they tell, each thing once, and sent after it."""

from datetime import datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import id_at
from plaudit.mail.limits import (
    MAIL_LEASE_S,
    MAIL_PAUSE_S_FIRST,
    MAIL_PAUSE_S_MAX,
    MAILS_AT_ONCE,
    MAILS_NOT_DELIVERED_DAYS,
    MAILS_PER_RUN_MAX,
)
from plaudit.mail.model import Mail, MailEnded, MailState, NewMail
from plaudit.problems import NotFound
from plaudit.queues import Backoff, Queue
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

MAILS = Queue(
    name="mail.send",
    what="Buyers are mailed receipts, credit notes, vouchers and acknowledgements",
    item=Mail,
    claim=SQL["claim_mails"],
    postpone=SQL["postpone_mail"],
    waiting=SQL["waiting_mails"],
    key=lambda mail: (mail.mail_id,),
    lease_s=MAIL_LEASE_S,
    backoff=Backoff(MAIL_PAUSE_S_FIRST, MAIL_PAUSE_S_MAX),
    at_once=MAILS_AT_ONCE,
    claimed_max=MAILS_AT_ONCE,
    per_run_max=MAILS_PER_RUN_MAX,
)
QUEUES = (MAILS,)

_REPEATABLE = frozenset({MailState.DROPPED, MailState.REFUSED, MailState.BOUNCED})


async def add(connection: Connection, new: NewMail, now: datetime, due_at: datetime | None = None) -> None:
    """Have a buyer mailed, at once or from a moment on; in the caller's transaction. A second time changes nothing."""
    told = (new.kind, new.shard, new.person_id, new.order_id, new.reversal_id, new.edition)
    await connection.execute(SQL["add"], id_at(now), *told, now, due_at or now)


async def mails_of_order(connection: Connection, shard: int, order_id: UUID) -> list[Mail]:
    """All mails about an order, the oldest first."""
    return await fetch_all(connection, SQL["mails_of_order"], Mail, shard, order_id)


async def list_mails(
    connection: Connection, state: MailState | None, person_id: int | None, before: UUID | None, limit: int
) -> list[Mail]:
    """Mails to everybody, or to one person, the newest first."""
    return await fetch_all(connection, SQL["list_mails"], Mail, state, person_id, before, limit)


async def count_not_delivered(connection: Connection, now: datetime, most: int) -> int:
    """How many mails of the last MAILS_NOT_DELIVERED_DAYS were refused or came back; `most` of them are counted."""
    since = now - timedelta(days=MAILS_NOT_DELIVERED_DAYS)
    found: int = await connection.fetchval(SQL["count_not_delivered"], since, most)
    return found


async def repeat(connection: Connection, mail_id: UUID, clock: Clock) -> Mail:
    """Send a mail that did not go, or came back, once more.

    Raises:
        NotFound: there is none.
        MailEnded: it is under way, or arrived.
    """
    mail = await require(connection, mail_id)
    if mail.state not in _REPEATABLE:
        raise MailEnded(mail.state)
    await connection.execute(SQL["repeat_mail"], mail_id, clock.now())
    return await require(connection, mail_id)


async def require(connection: Connection, mail_id: UUID) -> Mail:
    """A mail, which nobody else changes before the transaction ends.

    Raises:
        NotFound: there is none.
    """
    mail = await fetch_one(connection, SQL["lock_mail"], Mail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.", mail_id=mail_id)
    return mail
