"""A letter as the message that travels: text, the same as HTML, and the paper. The same bytes each time."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from uuid import UUID

from plaudit.mail.model import Letter
from plaudit.settings import Settings
from plaudit.texts import without_turns

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body style="margin:0;padding:24px;background:#f6f3f1;color:#1e1a1d;font:16px/1.5 sans-serif">'
    '<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:12px">'
    '<h1 style="font-size:22px;margin:0 0 16px">{subject}</h1>{body}</div></body></html>'
)
_SOFT = "color:#5f565b;font-size:14px"


def message_id_of(mail_id: UUID, settings: Settings) -> str:
    """Made from the mail, so that one that is sent twice can be told."""
    return f"<{mail_id}@{settings.mail_from.rpartition('@')[2]}>"


def mail_id_of(message_id: str) -> UUID | None:
    """The mail a `Message-ID` was made from; None: it is not ours."""
    found = re.fullmatch(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@[^<>\s]+)?>?", message_id.strip())
    return UUID(found[1]) if found else None


def message_of(letter: Letter, mail_id: UUID, at: datetime, address: str, settings: Settings) -> EmailMessage:
    """What is sent. No text of a letter can become a header, or another one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.brand_name, addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = subject_of(letter)
    message["Date"] = at
    message["Message-ID"] = message_id_of(mail_id, settings)
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(letter))
    message.add_alternative(as_html(letter), subtype="html")
    if letter.attachment is not None:
        file = letter.attachment
        message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"={mail_id.hex}.{number}")
    return message


def subject_of(letter: Letter) -> str:
    return " ".join(without_turns(letter.subject).split())


def as_text(letter: Letter) -> str:
    """For readers of plain text."""
    blocks = [*letter.paragraphs]
    if letter.facts:
        blocks.append("\n".join(f"{label}: {value}" for label, value in letter.facts))
    if letter.link:
        blocks.append(f"{letter.link.words}:\n{letter.link.address}")
    if letter.closing:
        blocks.append("\n".join(["-- ", *letter.closing]))
    if letter.links:
        blocks.append("\n".join(f"{link.words}: {link.address}" for link in letter.links))
    return "\n\n".join(blocks) + "\n"


def as_html(letter: Letter) -> str:
    """The same for readers of HTML: nothing is loaded from anywhere, so nobody learns that it was read."""
    parts = [f'<p style="margin:0 0 16px">{_lines(words)}</p>' for words in letter.paragraphs]
    if letter.facts:
        rows = (
            f'<tr><td style="padding:4px 16px 4px 0;vertical-align:top;{_SOFT}">{escape(label)}</td>'
            f'<td style="padding:4px 0">{_lines(value)}</td></tr>'
            for label, value in letter.facts
        )
        parts.append(f'<table style="margin:0 0 16px;border-collapse:collapse">{"".join(rows)}</table>')
    if letter.link:
        parts.append(f'<p style="margin:0 0 16px">{_anchor(letter.link.words, letter.link.address)}</p>')
    closing = "<br>".join(escape(line) for line in letter.closing)
    links = " · ".join(_anchor(link.words, link.address) for link in letter.links)
    parts += [f'<p style="margin:16px 0 0;{_SOFT}">{words}</p>' for words in (closing, links) if words]
    return _PAGE.format(language=escape(letter.language), subject=escape(subject_of(letter)), body="".join(parts))


def _lines(words: str) -> str:
    return "<br>".join(escape(line) for line in words.splitlines())


def _anchor(words: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(words)}</a>'
