"""Sending what is in the outbox: composed, handed to the mail server or told to the host, and ended.

A sender that dies between the server's answer and the commit leaves the mail in the outbox: it is sent again, with the
same `Message-ID` and the same bytes.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.events.model import MailDue
from plaudit.mail.limits import MAIL_TRIES_MAX
from plaudit.mail.message import as_html, as_text, message_of, subject_of
from plaudit.mail.model import Drop, Letter, Mail, MailState
from plaudit.mail.outbox import MAILS
from plaudit.mail.server import Refused, hand_over
from plaudit.people.mailboxes import mailbox_of, note_bounce
from plaudit.people.references import reference
from plaudit.queues import Failure, settle
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

Composer: TypeAlias = Callable[[Mail], Awaitable[Letter | None]]
"""Makes the words of a mail; None: what it would tell is no longer so."""


async def send_due(database: Database, settings: Settings, clock: Clock, compose: Composer) -> int:
    """Send mails that are due; how many were tried. Several workers may run this."""

    async def send(mail: Mail) -> None:
        if settings.mail_by == "smtp":
            await _by_server(database, settings, clock, compose, mail)
        elif settings.mail_by == "webhook":
            await _by_host(database, clock, compose, mail)
        else:
            await _end(database, clock, mail, MailState.DROPPED, Drop.NOBODY_MAILS)

    async def failed(connection: Connection, mail: Mail, failure: Failure) -> None:
        if mail.tries >= MAIL_TRIES_MAX:
            log.error("mail %s is given up: %s", mail.mail_id, failure.words)
            await connection.execute(SQL["give_up"], mail.mail_id, failure.words, clock.now())

    return await MAILS.run(database, clock, send, failed=failed)


async def _by_server(database: Database, settings: Settings, clock: Clock, compose: Composer, mail: Mail) -> None:
    async with database.read() as connection:
        mailbox = await mailbox_of(connection, mail.person_id)
    if mailbox is not None and mailbox.removed_at is not None:
        return await _end(database, clock, mail, MailState.DROPPED, Drop.NOT_WANTED)
    if mailbox is None or mailbox.address is None:
        return await _end(database, clock, mail, MailState.DROPPED, Drop.NO_ADDRESS)
    if not mailbox.is_good:
        return await _end(database, clock, mail, MailState.DROPPED, Drop.ADDRESS_BOUNCED)
    letter = await compose(mail)
    if letter is None:
        return await _end(database, clock, mail, MailState.DROPPED, Drop.OVERTAKEN)
    at = clock.now()
    try:
        message = message_of(letter, mail.mail_id, mail.created_at, mailbox.address, settings)
        await hand_over(message, mailbox.address, settings)
    except Refused as error:
        log.warning("mail %s is refused: %s", mail.mail_id, error)
        return await _refused(database, clock, mail, error, at)
    return await _end(database, clock, mail, MailState.SENT)


async def _by_host(database: Database, clock: Clock, compose: Composer, mail: Mail) -> None:
    letter = await compose(mail)
    async with database.transaction() as connection:
        mailbox = await mailbox_of(connection, mail.person_id)
        if mailbox is not None and mailbox.removed_at is not None:
            return await _settle(connection, mail, MailState.DROPPED, Drop.NOT_WANTED, clock.now())
        reader = await reference(connection, mail.person_id)
        if letter is None or reader is None:
            reason = Drop.OVERTAKEN if letter is None else Drop.NO_ADDRESS
            return await _settle(connection, mail, MailState.DROPPED, reason, clock.now())
        due = MailDue(
            mail_id=mail.mail_id,
            mail_kind=mail.kind,
            reader=reader,
            order_id=mail.order_id,
            reversal_id=mail.reversal_id,
            language=letter.language,
            subject_line=subject_of(letter),
            text=as_text(letter),
            html=as_html(letter),
            paper=letter.attachment.address if letter.attachment else None,
        )
        await record(connection, clock.now(), due)
        return await _settle(connection, mail, MailState.HANDED_OVER, "", clock.now())


async def _refused(database: Database, clock: Clock, mail: Mail, error: Refused, at: datetime) -> None:
    async with database.transaction() as connection:
        await _settle(connection, mail, MailState.REFUSED, str(error), clock.now())
        if error.of_address:
            await note_bounce(connection, mail.person_id, at, str(error), clock.now())


async def _end(database: Database, clock: Clock, mail: Mail, state: MailState, reason: str = "") -> None:
    async with database.transaction() as connection:
        await _settle(connection, mail, state, reason, clock.now())


async def _settle(connection: Connection, mail: Mail, state: MailState, reason: str, now: datetime) -> None:
    await settle(connection, SQL["end_mail"], mail, mail.mail_id, state, reason, now)
