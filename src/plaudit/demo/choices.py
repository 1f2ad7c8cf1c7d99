"""Whom a visitor of the demo may be: the cast, as the page to choose who you are reads it."""

from pathlib import Path
from typing import Any

import msgspec

from plaudit.demo.cast import Character, read_cast

_FILE = "people.json"


def write_choices(data: Path) -> Path:
    """Write everybody of the cast into the data folder; the file."""
    cast = read_cast()
    groups = (("you", cast.guests), ("creator", cast.creators), ("operator", [cast.operator]), ("crowd", cast.viewers))
    file = data / _FILE
    choices = [_choice(group, one) for group, people in groups for one in people]
    file.write_bytes(msgspec.json.format(msgspec.json.encode(choices)))
    return file


def _choice(group: str, one: Character) -> dict[str, Any]:
    return {"subject": one.subject, "group": group, "roles": sorted(one.roles), "claims": one.claims}
