"""Mails that came back, as whoever handles bounces tells them: signed, by their `Message-ID`."""

from collections.abc import Mapping

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.mail import outbox
from plaudit.mail.limits import BOUNCE_BYTES_MAX
from plaudit.mail.message import mail_id_of
from plaudit.mail.model import Mail, MailState
from plaudit.mail.words import words_kept
from plaudit.people.mailboxes import note_bounce
from plaudit.problems import InvalidField, NotFound
from plaudit.providers import SignatureNotValid
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)


class Bounce(msgspec.Struct, frozen=True):
    """A mail that will not arrive. One that is still being tried is none."""

    message_id: str
    detail: str = ""


def verify(headers: Mapping[str, str], body: bytes, settings: Settings) -> Bounce:
    """What was told, once its signature (Standard Webhooks) is that of the setting.

    Raises:
        SignatureNotValid: it is not, or nobody may tell.
        InvalidField: it cannot be read.
    """
    if not settings.mail_bounce_secret or len(body) > BOUNCE_BYTES_MAX:
        raise SignatureNotValid
    try:
        Webhook(settings.mail_bounce_secret.reveal()).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise SignatureNotValid from error
    try:
        return msgspec.json.decode(body, type=Bounce)
    except msgspec.DecodeError as error:
        raise InvalidField(field="body", reason=str(error)) from error


async def note(connection: Connection, bounce: Bounce, clock: Clock) -> Mail:
    """Keep that a mail came back, and that its address does not work; a second time changes nothing.

    Raises:
        NotFound: no mail has this `Message-ID`, or it never left.
    """
    mail_id = mail_id_of(bounce.message_id)
    if mail_id is None:
        raise NotFound("No mail has this Message-ID.")
    mail = await outbox.require(connection, mail_id)
    if mail.state is MailState.BOUNCED:
        return mail
    if mail.state not in {MailState.SENT, MailState.HANDED_OVER} or mail.ended_at is None:
        raise NotFound("This mail never left.", mail_id=mail_id)
    words = words_kept(bounce.detail)
    await connection.execute(SQL["note_bounced"], mail_id, words)
    await note_bounce(connection, mail.person_id, mail.ended_at, words, clock.now())
    return await outbox.require(connection, mail_id)
