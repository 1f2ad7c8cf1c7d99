"""Names and avatars of people, kept at hand: one query for all that are missing, never one a gift."""

import time
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from plaudit.db import Database
from plaudit.limits import PROFILE_KEPT_S, PROFILES_MAX
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.model import PersonCard


class Profiles:
    """Encoded person cards by person; those used longest ago go first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cards: OrderedDict[int, tuple[float, msgspec.Raw]] = OrderedDict()

    async def cards(self, people: Iterable[int]) -> dict[int, msgspec.Raw]:
        """The cards of these people; somebody unknown has a nameless one."""
        stale_before = time.monotonic() - PROFILE_KEPT_S
        found: dict[int, msgspec.Raw] = {}
        missing = []
        for person_id in set(people):
            kept = self._cards.get(person_id)
            if kept is None or kept[0] < stale_before:
                missing.append(person_id)
            else:
                found[person_id] = kept[1]
        if missing:
            found.update(await self._read(missing))
        return found

    async def card(self, person_id: int) -> msgspec.Raw:
        return (await self.cards((person_id,)))[person_id]

    async def _read(self, missing: list[int]) -> dict[int, msgspec.Raw]:
        async with self._database.read() as connection:
            people = await people_by_ids(connection, missing)
        now = time.monotonic()
        read = {}
        for person_id in missing:
            person = people.get(person_id)
            card = card_of(person) if person else PersonCard(str(person_id), "", "")
            read[person_id] = msgspec.Raw(msgspec.json.encode(card))
            self._cards[person_id] = (now, read[person_id])
            self._cards.move_to_end(person_id)
        while len(self._cards) > PROFILES_MAX:
            self._cards.popitem(last=False)
        return read
