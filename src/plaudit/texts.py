"""What people may say: plain text of one line."""

from plaudit.problems import InvalidField


def plain(text: str, field: str, length_max: int) -> str:
    """The text without blanks around it; line breaks become blanks.

    Raises:
        InvalidField: nothing is left, more than `length_max` characters, or control characters.
    """
    text = " ".join(text.split())
    if not text:
        raise InvalidField(field=field, reason="is empty")
    if len(text) > length_max:
        raise InvalidField(field=field, reason=f"is longer than {length_max} characters", most=length_max)
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in text):
        raise InvalidField(field=field, reason="must not contain control characters")
    return text
