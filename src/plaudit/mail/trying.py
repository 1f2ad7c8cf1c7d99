"""A mail that says nothing but that mails arrive: for who sets the server up."""

from plaudit.clock import Clock
from plaudit.ids import new_id
from plaudit.mail.message import message_of
from plaudit.mail.model import Letter, MailNotSent
from plaudit.mail.server import Refused, hand_over
from plaudit.people.mailboxes import email_of
from plaudit.problems import InvalidField
from plaudit.queues import TryFailed
from plaudit.settings import Settings


def missing(settings: Settings) -> list[str]:
    """The variables that mail by a server still needs."""
    needed = {"PLAUDIT_MAIL_HOST": settings.mail_host, "PLAUDIT_MAIL_FROM": settings.mail_from}
    if settings.mail_user or settings.mail_password:
        needed |= {"PLAUDIT_MAIL_USER": settings.mail_user, "PLAUDIT_MAIL_PASSWORD": settings.mail_password.reveal()}
    return [name for name, value in needed.items() if not value]


async def send_test(address: str, settings: Settings, clock: Clock) -> None:
    """Mail an address now, once, by the server of the settings, whoever mails buyers.

    Raises:
        InvalidField: the address is none.
        MailNotSent: with the reason.
    """
    if email_of(address) is None:
        raise InvalidField(field="address", reason="must be an address such as ada@example.org, in ASCII")
    if names := missing(settings):
        raise MailNotSent(f"{' and '.join(names)} must be set")
    letter = Letter(
        language="en",
        subject=f"A test of {settings.brand_name}",
        paragraphs=("If you read this, mails to buyers arrive.",),
        closing=(settings.brand_name, settings.public_url),
    )
    try:
        await hand_over(message_of(letter, new_id(clock), clock.now(), address, settings), address, settings)
    except (Refused, TryFailed) as error:
        raise MailNotSent(str(error)) from error
