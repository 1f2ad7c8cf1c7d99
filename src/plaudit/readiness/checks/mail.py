"""Whether buyers are mailed what the law and they themselves want in hand, and whether mails arrive."""

from plaudit.limits import MAILS_NOT_DELIVERED_COUNTED_MAX
from plaudit.mail.limits import MAILS_NOT_DELIVERED_DAYS
from plaudit.mail.outbox import count_not_delivered
from plaudit.mail.server import connected
from plaudit.mail.trying import missing
from plaudit.outgoing import is_loopback
from plaudit.people.issuers import list_issuers
from plaudit.queues import TryFailed
from plaudit.readiness.model import CheckOutcome, Grounds, attention, not_asked, ok
from plaudit.settings import Settings

_TEST = "plaudit mail test ADDRESS"


async def mail(grounds: Grounds) -> CheckOutcome:
    """The settings, without speaking to anybody."""
    settings = grounds.settings
    if settings.mail_by == "none":
        return attention("nobody mails receipts and acknowledgements: set PLAUDIT_MAIL_BY to smtp or webhook")
    if settings.mail_by == "smtp" and (wrong := _not_described(settings)):
        return wrong
    async with grounds.opened.read() as connection:
        lost = await count_not_delivered(connection, grounds.clock.now(), MAILS_NOT_DELIVERED_COUNTED_MAX)
        knows = any("email" in one.claims for one in await list_issuers(connection) if one.active)
    not_delivered = f"mails of {MAILS_NOT_DELIVERED_DAYS} days that were refused or came back: {lost}"
    if settings.mail_by == "smtp" and not knows:
        unknown = "no issuer's claim says where people are mailed to, so only those are whose address your server tells"
        return attention(
            f"{unknown}; {not_delivered}" if lost else unknown,
            command="plaudit issuer set ISSUER --claim email=email --scope email",
        )
    if lost:
        return attention(not_delivered, page="/operator/mails")
    if settings.mail_by == "webhook":
        return ok("your platform mails: it is told of each by the event mail.due")
    return ok(f"by {settings.mail_host}, from {settings.mail_from}")


def _not_described(settings: Settings) -> CheckOutcome | None:
    if names := missing(settings):
        return attention(f"mail by a server needs {' and '.join(names)}", command="plaudit config")
    if settings.mail_security == "none" and not is_loopback(settings.mail_host):
        return attention(f"mails and login go to {settings.mail_host} in the clear: set PLAUDIT_MAIL_SECURITY")
    return None


async def mail_server(grounds: Grounds) -> CheckOutcome:
    """The server itself: reached, sealed, signed in."""
    settings = grounds.settings
    if settings.mail_by != "smtp" or missing(settings):
        return not_asked("no mail server is described")
    try:
        async with connected(settings):
            sealed = {"starttls": "STARTTLS", "tls": "TLS", "none": "no TLS"}[settings.mail_security]
            login = f"signed in as {settings.mail_user}" if settings.mail_user else "no login"
            return ok(f"{settings.mail_host}:{settings.mail_port} answers, {sealed}, {login}")
    except TryFailed as error:
        return attention(str(error), command=_TEST)
