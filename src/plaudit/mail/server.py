"""The mail server: connecting, handing one message over, and what its answers mean."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE

import aiosmtplib

from plaudit.mail.limits import MAIL_SERVER_TIMEOUT_S
from plaudit.mail.words import words_kept
from plaudit.outgoing import tls_context
from plaudit.queues import TryFailed
from plaudit.settings import Settings

_PERMANENT = 500
_NO_SUCH_ADDRESS = re.compile(r"5\.(1\.[0-36]|2\.1)\b")
"""Of RFC 3463: no such mailbox, no such host, or closed. Other refusals say nothing of the address."""


class Refused(Exception):
    """The server will not take this mail, however often it is asked."""

    def __init__(self, words: str, *, of_address: bool) -> None:
        super().__init__(words)
        self.of_address = of_address
        """Whether it is because nobody is there."""


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection that is sealed and signed in as the settings say.

    Raises:
        TryFailed: there is none now: it is not the mail's fault, however final the server puts it.
    """
    client = aiosmtplib.SMTP(
        hostname=settings.mail_host,
        port=settings.mail_port,
        use_tls=settings.mail_security == "tls",
        start_tls=settings.mail_security == "starttls",
        username=settings.mail_user or None,
        password=settings.mail_password.reveal() or None,
        tls_context=None if settings.mail_security == "none" else tls_context(),
        local_hostname=settings.public_host or None,
        timeout=MAIL_SERVER_TIMEOUT_S,
    )
    try:
        await client.connect()
    except aiosmtplib.SMTPAuthenticationError as error:
        raise TryFailed("mail_login_refused", f"the mail server refused the login ({error.code})") from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise TryFailed("mail_server_away", words_kept(f"the mail server was not reached: {error}")) from error
    try:
        yield client
    finally:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
        client.close()


async def hand_over(message: EmailMessage, address: str, settings: Settings) -> None:
    """Give the server one message for one address.

    Raises:
        Refused: for good.
        TryFailed: not now.
    """
    async with connected(settings) as client:
        try:
            await client.sendmail(settings.mail_from, [address], message.as_bytes(policy=WIRE))
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0], of_recipient=True) from error
        except aiosmtplib.SMTPDataError as error:
            raise _refusal(error, of_recipient=False) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TryFailed("mail_not_taken", words_kept(f"the mail server did not take it: {error}")) from error


def _refusal(error: aiosmtplib.SMTPResponseException, *, of_recipient: bool) -> Exception:
    words = words_kept(f"{error.code} {error.message}")
    if error.code < _PERMANENT:
        return TryFailed("mail_put_off", words)
    has_status = re.match(r"5\.\d+\.\d+", error.message)
    nobody_there = bool(_NO_SUCH_ADDRESS.match(error.message)) if has_status else error.code in {550, 551, 553}
    return Refused(words, of_address=of_recipient and nobody_there)
