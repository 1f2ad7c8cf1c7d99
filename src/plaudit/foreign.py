"""JSON that others send: whatever is wrong with it is one error."""

from typing import TypeVar

import msgspec

from plaudit.limits import MOMENT_MAX_S

T = TypeVar("T")


def decode(content: bytes | str, kind: type[T], *, strict: bool = True) -> T:
    """A document as its type.

    Raises:
        msgspec.DecodeError: it is no JSON, nests deeper than anybody needs, or does not fit.
    """
    try:
        return msgspec.json.decode(content, type=kind, strict=strict)
    except (RecursionError, UnicodeError) as error:
        raise msgspec.DecodeError(f"cannot be read: {error}") from error


def is_moment(value: object) -> bool:
    """Whether a claim is a time, in seconds since 1970, of a year that clocks know."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOMENT_MAX_S
