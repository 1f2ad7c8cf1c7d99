"""What people write for others to read: names, titles, chat. What a computer calls a character may show nothing, turn
the order of what stands around it, or be a part of what a reader sees as one."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from plaudit.limits import EMAIL_ADDRESS_LENGTH_MAX, MARKS_PER_LETTER_MAX
from plaudit.problems import InvalidField

_JOINERS = "\u200c\u200d"
"""Between letters of Persian and Indic scripts they choose a shape, between emoji they make one of several."""
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates, with their ends: they reach as far as the line does."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})


def readable(text: str) -> str:
    """A text as it can be shown, with one blank between words; empty when it shows nothing.

    Joiners stay between two characters; whatever else is there to be neither seen nor read becomes a blank, and of the
    marks that stand over each other a letter keeps MARKS_PER_LETTER_MAX.
    """
    shown = "".join(character if _is_read(character) else " " for character in text.translate(_TURNING))
    shown = "".join(character for character, height in _heights(shown) if height <= MARKS_PER_LETTER_MAX)
    words = (word.strip(_JOINERS) for word in shown.split())
    joined = " ".join(word for word in words if word)
    return "" if shows_nothing(joined) else joined


def plain(text: str, field: str, length_max: int) -> str:
    """What somebody says, in one line: readable, as a name is.

    Raises:
        InvalidField: nothing is left that shows, more than `length_max` characters, or control characters.
    """
    if any(unicodedata.category(character) == "Cc" for character in "".join(text.split())):
        raise InvalidField(field=field, reason="must not contain control characters")
    text = readable(text)
    if not text:
        raise InvalidField(field=field, reason="is empty")
    if len(text) > length_max:
        raise InvalidField(field=field, reason=f"is longer than {length_max} characters", most=length_max)
    return text


def shows_nothing(text: str) -> bool:
    """Whether a reader would see an empty line."""
    return all(
        character in _BLANK or character.isspace() or unicodedata.category(character) in _HIDDEN | _MARKS
        for character in text
    )


def require_readable(text: str, field: str) -> str:
    """The text itself, if others can read it as it is.

    Raises:
        InvalidField: it shows nothing, or holds what is there to be neither seen nor read.
    """
    if shows_nothing(text):
        raise InvalidField(field=field, reason="must show something")
    if any(not _is_read(character) for character in text) or text != text.translate(_TURNING):
        raise InvalidField(field=field, reason="must be printable")
    if any(height > MARKS_PER_LETTER_MAX for _, height in _heights(text)):
        raise InvalidField(field=field, reason=f"must have at most {MARKS_PER_LETTER_MAX} marks over a letter")
    return text


def isolated(text: str) -> str:
    """A text for a place in another: one that runs from right to left turns nothing around it (UAX 9)."""
    turns = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    return f"\u2068{text}\u2069" if turns else text


def without_turns(text: str) -> str:
    """The text without what turns the order of the line it stands in."""
    return text.translate(_TURNING)


def _is_read(character: str) -> bool:
    return character in _JOINERS or _is_tag(character) or unicodedata.category(character) not in _HIDDEN


def _heights(text: str) -> Iterator[tuple[str, int]]:
    """Each character with the marks that stand over or under its letter until then, itself among them; 0: it is none.
    A mark that takes a place of its own, or chooses a shape, does not begin anew."""
    height = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind not in _MARKS:
            height = 0
        stands = kind == "Me" or unicodedata.combining(character) != 0
        height += stands
        yield character, height if stands else 0


def _is_tag(character: str) -> bool:
    """A part of the flag of a region, such as that of Scotland."""
    return "\U000e0020" <= character <= "\U000e007f"


def initial(text: str) -> str:
    """What a reader takes for the first letter: a letter with its marks, a flag, a family."""
    end = 1
    for before, character in pairwise(text):
        if not _goes_on(text[: end - 1], before, character):
            break
        end += 1
    return text[:end]


def _goes_on(start: str, before: str, character: str) -> bool:
    """Whether a character belongs to the one before it (much of UAX 29, extended grapheme clusters)."""
    if character in _JOINERS or _is_tag(character) or unicodedata.category(character) in _MARKS:
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # the colour of a skin
        return True
    if before == "\u200d":
        return unicodedata.category(character) in {"So", "Sk", "Cn"}
    return not start and _is_flag(before) and _is_flag(character)


def _is_flag(character: str) -> bool:
    """Half of the flag of a country."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


_ATOM = r"[!#-'*+/-9=?A-Z^-~-]+"
_EMAIL = re.compile(rf"{_ATOM}([.]{_ATOM})*@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*")


def is_email_address(text: str) -> bool:
    """Whether it is a plain address of mail in ASCII, which headers and commands carry as it is."""
    return len(text) <= EMAIL_ADDRESS_LENGTH_MAX and _EMAIL.fullmatch(text) is not None
