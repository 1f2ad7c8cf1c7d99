"""What a mail server or a host says of a mail, as it is kept and shown."""

import re

from plaudit.mail.limits import MAIL_WORDS_LENGTH_MAX
from plaudit.people.mailboxes import shortened

_PART = r"[^\s<>(),:;\[\]@]"
_NAME_OF_ADDRESS = re.compile(rf"(?<!{_PART})({_PART}+)(?:@|%40)")
"""From the beginning of a word on, so that a long word is read once."""


def words_kept(said: str) -> str:
    """One line that a row can keep, with addresses shortened: they are not kept beyond their removal, nor shown."""
    line = " ".join(said.replace("\0", "").split())
    return _NAME_OF_ADDRESS.sub(lambda found: shortened(found[1], ""), line)[:MAIL_WORDS_LENGTH_MAX]
