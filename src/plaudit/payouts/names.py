"""Whose name is on a bank account: the holder's against the one that whoever knows the creator vouches for."""

import enum
import re
import unicodedata
from collections.abc import Iterator
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.statements import fetch_all, statements
from plaudit.vault.sealing import SealedColumn, Vault

SQL = statements(__file__)
NAMES = SealedColumn("vouched_name", "sealed_name", ("creator_id",))

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


class NameMatch(enum.StrEnum):
    """How the name of an account's holder is to the one that is vouched for."""

    MATCH = "match"
    CLOSE = "close"
    """A name more or less, an initial, or a letter: nothing is paid until a person saw both."""
    MISMATCH = "mismatch"
    """Somebody else's, or in a script that cannot be compared: nothing is paid until a person decided."""
    UNKNOWN = "unknown"
    """Nobody vouches for a name: nothing is paid until a person decided, up to the bound `payout_unnamed_diamonds`."""


class HeldMethod(msgspec.Struct, frozen=True):
    """A method, and how its holder's name was found last."""

    id: UUID
    holder_name: str
    name_match: NameMatch | None


class BothNames(msgspec.Struct, frozen=True, kw_only=True):
    """The names somebody has to compare."""

    holder_name: str
    vouched_name: str | None
    """None: nobody vouches for one."""
    match: NameMatch


def compare(holder: str, vouched: str | None) -> NameMatch:
    """Holds two names against each other: case, accents, order and signs do not count."""
    if not vouched:
        return NameMatch.UNKNOWN
    pairs = [(one, other) for one in _forms(holder) for other in _forms(vouched)]
    if any(sorted(one) == sorted(other) for one, other in pairs):
        return NameMatch.MATCH
    return NameMatch.CLOSE if any(_are_close(one, other) for one, other in pairs) else NameMatch.MISMATCH


def _forms(name: str) -> Iterator[list[str]]:
    """The parts of a name without accents; umlauts are written with an e, or without."""
    lower = unicodedata.normalize("NFC", name).casefold()
    for written in dict.fromkeys((lower, lower.translate(_GERMAN))):
        bare = unicodedata.normalize("NFKD", written.translate(_PLAIN))
        letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
        yield re.findall(r"\w+", re.sub(r"['’`´]", "", letters))


def _are_close(one: list[str], other: list[str]) -> bool:
    """Whether each part of the shorter name is in the longer, whole or as an initial, but one that may be a letter off;
    two parts at least, one of them whole."""
    longer, fewer = (one, other) if len(one) >= len(other) else (other, one)
    left = list(longer)
    whole, slips = 0, 0
    for part in sorted(fewer, key=len, reverse=True):
        if part in left:
            found = part
            whole += 1
        elif found := next((it for it in left if 1 in {len(it), len(part)} and it[0] == part[0]), ""):
            pass
        elif found := next((it for it in left if _is_a_letter_off(part, it)), ""):
            slips += 1
        else:
            return False
        left.remove(found)
    return len(fewer) > 1 and whole > 0 and slips <= 1


def _is_a_letter_off(one: str, other: str) -> bool:
    """Whether one letter more, less or otherwise makes them equal, or two that changed places."""
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, its = one[start:], other[start:]
    swapped = len(rest) > 1 and len(its) > 1 and rest[:2] == its[1::-1] and rest[2:] == its[2:]
    return swapped or rest[1:] == its[1:] or rest[1:] == its or rest == its[1:]


async def vouched_for(connection: Connection, vault: Vault, creator_id: int) -> str | None:
    """What somebody is called, as whoever knows them vouches; None: nobody does."""
    sealed = await connection.fetchval(SQL["vouched_name"], creator_id)
    return None if sealed is None else (await vault.open(connection, NAMES, (creator_id,), sealed)).decode()


async def vouch(connection: Connection, clock: Clock, vault: Vault, creator_id: int, name: str) -> None:
    """Keep what somebody is called, and hold the names of their accounts against it. Repeating it changes nothing."""
    await lock_creator(connection, creator_id)
    if await vouched_for(connection, vault, creator_id) == name:
        return
    sealed = await vault.seal(connection, NAMES, (creator_id,), name.encode())
    await connection.execute(SQL["keep_vouched_name"], creator_id, sealed, clock.now())
    for method in await fetch_all(connection, SQL["held_methods"], HeldMethod, creator_id):
        result = compare(method.holder_name, name)
        await connection.execute(SQL["keep_name_match"], creator_id, method.id, result, clock.now())


async def compare_method(
    connection: Connection, clock: Clock, vault: Vault, creator_id: int, method_id: UUID, holder_name: str
) -> None:
    """Hold the name of a new account against the one that is vouched for."""
    result = compare(holder_name, await vouched_for(connection, vault, creator_id))
    await connection.execute(SQL["keep_name_match"], creator_id, method_id, result, clock.now())


async def both_names(connection: Connection, vault: Vault, creator_id: int, holder_name: str) -> BothNames:
    """The name of an account's holder and the one that is vouched for, for who has to decide."""
    vouched = await vouched_for(connection, vault, creator_id)
    return BothNames(holder_name=holder_name, vouched_name=vouched, match=compare(holder_name, vouched))
