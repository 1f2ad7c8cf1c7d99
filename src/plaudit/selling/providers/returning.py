"""Where providers' pages may lead a buyer back to."""

from urllib.parse import urlsplit

from plaudit.problems import InvalidField
from plaudit.settings import Settings


def absolute_return(text: str, settings: Settings) -> str:
    """What a caller gave as `return_url`, as an absolute address.

    Raises:
        InvalidField: another host than ours and those allowed, or nothing a browser should be sent to.
    """
    if not text.isascii() or not text.isprintable() or "\\" in text or " " in text:
        raise InvalidField(field="return_url", reason="must be an address of printable ASCII characters")
    if text.startswith("/") and not text.startswith("//"):
        return settings.public_url + text
    try:
        parts = urlsplit(text)
    except ValueError:
        raise InvalidField(field="return_url", reason="is not an address") from None
    ours = urlsplit(settings.public_url)
    same_origin = (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
    allowed = parts.scheme == "https" and parts.netloc in settings.return_hosts.split()
    if not (same_origin or allowed):
        raise InvalidField(
            field="return_url", reason="must be a path that begins with /, or an https address of an allowed host"
        )
    return text
