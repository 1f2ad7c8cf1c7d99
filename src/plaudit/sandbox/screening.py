"""Screening of the sandbox: the API a platform calls, and names that decide what is said of them."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.limits import RETURN_URL_LENGTH_MAX
from plaudit.problems import IdempotencyConflict, NotFound, Problem
from plaudit.sandbox.shared import Sandbox, Timers, require_api_key

CHANGE_AFTER_S = 1.0  # from the first word to another

Said = Literal["clear", "potential_match", "pending"]
Identity = Literal["verified", "unverified", "unknown"]
NAMES: dict[str, tuple[Said, Identity, Said | None]] = {
    "listed": ("potential_match", "verified", None),
    "pending": ("pending", "unknown", "clear"),
    "waiting": ("pending", "unknown", None),
    "doubtful": ("pending", "unknown", "potential_match"),
    "later": ("clear", "verified", "potential_match"),
    "cleared": ("potential_match", "verified", "clear"),
    "nobody": ("clear", "unverified", None),
}
"""The last word of a name, what is said of it at first, whether it is known who it is, and what is said a little later,
with a webhook. Of any other name: clear and verified. `Broken` is answered with an error, the first time."""


class NewScreening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """About whom a platform asks."""

    reference: UUID
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    webhook_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]


class SandboxScreening(msgspec.Struct, kw_only=True):
    """One screening."""

    id: str
    reference: UUID
    name: str
    outcome: Said
    identity: Identity
    webhook_url: str


class TriedBefore(msgspec.Struct):
    """That a screening was asked for before."""


class NotJustNow(Problem):
    code = "not_now"
    status = 503
    title = "The sandbox cannot screen just now."


def create(sandbox: Sandbox, asked: NewScreening) -> SandboxScreening:
    """A new screening; the one made before when the reference is the same.

    Raises:
        IdempotencyConflict: the reference came with another name.
        NotJustNow: the name is that one.
    """
    screening_id = f"scr_{asked.reference.hex}"
    if known := sandbox.store.read(SandboxScreening, screening_id):
        if known.name != asked.name:
            raise IdempotencyConflict
        return known
    word = asked.name.lower().split()[-1]
    outcome, identity, later = NAMES.get(word, ("clear", "verified", None))
    made = SandboxScreening(
        id=screening_id,
        reference=asked.reference,
        name=asked.name,
        outcome=outcome,
        identity=identity,
        webhook_url=asked.webhook_url,
    )
    with sandbox.store.transaction():
        accepted = word != "broken" or sandbox.store.read(TriedBefore, f"try_{screening_id}") is not None
        if accepted:
            sandbox.store.write(screening_id, made)
            if later:
                sandbox.at(CHANGE_AFTER_S, "screening.change", screening_id)
        else:
            sandbox.store.write(f"try_{screening_id}", TriedBefore())
    if not accepted:
        raise NotJustNow
    return made


def _read(sandbox: Sandbox, screening_id: str) -> SandboxScreening:
    found = sandbox.store.read(SandboxScreening, screening_id)
    if found is None:
        raise NotFound
    return found


def _change(sandbox: Sandbox, screening_id: str) -> None:
    screening = _read(sandbox, screening_id)
    later = NAMES[screening.name.lower().split()[-1]][2]
    if later is not None:
        screening.outcome, screening.identity = later, "verified"
        sandbox.store.write(screening_id, screening)
        sandbox.outbox.emit("screening.changed", screening.webhook_url, screening)


@post("/v1/screenings", guards=[require_api_key], sync_to_thread=False)
def create_screening(data: JSONBody[NewScreening], sandbox: NamedDependency[Sandbox]) -> SandboxScreening:
    return create(sandbox, data)


@get("/v1/screenings/{reference:uuid}", guards=[require_api_key], sync_to_thread=False)
def read_screening(reference: FromPath[UUID], sandbox: NamedDependency[Sandbox]) -> SandboxScreening:
    return _read(sandbox, f"scr_{reference.hex}")


TIMERS: Timers = {"screening.change": _change}
HANDLERS: tuple[Any, ...] = (create_screening, read_screening)
