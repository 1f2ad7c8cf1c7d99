"""How long things are kept. Each room declares its own periods; the job that deletes, the page, and the test that each
table has one, read them here.

What has no period is kept for a reason, which `holdings.py` of its room says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from plaudit.rooms import rooms

LAW_DAYS_MIN = 4_018
"""Eleven years: what accounting and tax law ask for is kept ten years after the year it is of."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Things that go when they are old enough: rows, or words in rows that stay."""

    name: str
    """As settings and records call it."""
    title: str
    what: str
    """What goes, for operators."""
    since: str
    """What their age is counted from."""
    reason: str
    """Why they are kept so long, and no longer."""
    tables: str
    """Whose rows, or words in rows, go. Names stand with blanks between."""
    forget: str
    """The SQL function that does it: given the moment they must be as old as, and most rows, it answers how many went.
    None went: that was all. What is of `held_people()` stays."""
    rows_at_once: int
    days: int
    """Unless the settings say another."""
    days_min: int
    days_max: int
    begins_at_once: bool = False
    """Whether it went before kinds had periods, so that an update takes nothing that was kept until then."""
    is_law: bool = False
    """Whether a law asks for it: then its function keeps to LAW_DAYS_MIN, whatever it is given."""

    def __post_init__(self) -> None:
        least = LAW_DAYS_MIN if self.is_law else 1
        if not least <= self.days_min <= self.days <= self.days_max:
            raise ValueError(f"{self.name} cannot be kept for {self.days} days")


@cache
def retentions() -> Mapping[str, Retention]:
    """Those of all rooms, from the bottom of the house up.

    Raises:
        ValueError: two have one name.
    """
    found: dict[str, Retention] = {}
    for room in rooms():
        for one in room.bring(room.kept) if room.kept else ():
            if one.name in found:
                raise ValueError(f"{one.name} is declared twice")
            found[one.name] = one
    return found


def days_kept(said: str) -> dict[str, int]:
    """For how many days each is kept, by what a setting says of some: pairs such as `words=90`, one blank between.

    Raises:
        ValueError: with the words that follow the name of the setting.
    """
    days = {name: one.days for name, one in retentions().items()}
    for word in said.split():
        name, _, number = word.partition("=")
        one = retentions().get(name)
        if one is None or not re.fullmatch("[0-9]{1,5}", number):
            raise ValueError(f"must be pairs such as words=90, of {', '.join(sorted(days))}; {word} is none")
        if not one.days_min <= int(number) <= one.days_max:
            raise ValueError(f"may keep {name} from {one.days_min} to {one.days_max} days, and not as {word}")
        days[name] = int(number)
    return days
