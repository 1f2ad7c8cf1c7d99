"""Keys of servers: made, widened and given another secret by a decision; narrowed at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.acts import changed
from plaudit.admission.model import Admission, HeldKey, KeyOfAnother, NewKey, Note
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import bound, lock
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.ids import IdMeta
from plaudit.languages.formats import format_instant, format_number
from plaudit.limits import KEY_NAME_LENGTH_MAX, KEY_NETWORKS_MAX, KEY_OVERLAP_DAYS_MAX
from plaudit.people.access import Access
from plaudit.people.actions import list_api_keys, new_secret, secret_sha256
from plaudit.people.issuers import require_issuer
from plaudit.people.model import ApiKey, Scope
from plaudit.problems import InvalidField, NotFound
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

_LIFE = "key_life_days"


class WantedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the key of a name is to be, in all it may."""

    id: Annotated[UUID, IdMeta] | None = None
    name: Annotated[str, Meta(min_length=1, max_length=KEY_NAME_LENGTH_MAX, pattern=r"^\S(.*\S)?$(?!\n)")]
    issuer: Annotated[str, Meta(min_length=1, max_length=255, description="The platform whose people it speaks for.")]
    scopes: Annotated[list[Scope], Meta(max_length=len(Scope), description="What it may do.")]
    networks: Annotated[
        list[str],
        Meta(
            max_length=KEY_NETWORKS_MAX,
            description="Where it may be used from; empty: from anywhere.",
            examples=[["203.0.113.0/24"]],
        ),
    ] = []
    expires_at: Annotated[datetime, Meta(tz=True, description="When it ends, at most `key_life_days` from now.")]
    another_secret: Annotated[
        bool, Meta(description="Whether a key in use is given another secret; one that is made has one anyway.")
    ] = False
    overlap_hours: Annotated[
        int, Meta(ge=0, le=KEY_OVERLAP_DAYS_MAX * 24, description="How long the secret before stays good.")
    ] = 24
    note: Note

    def content(self, secret: str | None) -> NewKey:
        """What is decided. `secret`: the hash of the one that goes with it.

        Raises:
            InvalidField: a network is none.
        """
        try:
            networks = sorted({str(ip_network(one)) for one in self.networks})
        except ValueError as error:
            reason = f"must hold addresses or networks, such as 203.0.113.0/24: {error}"
            raise InvalidField(field="body.networks", reason=reason) from error
        return NewKey(
            name=self.name, issuer=self.issuer, scopes=sorted(set(self.scopes)), networks=networks,
            expires_at=self.expires_at, secret_sha256=secret, overlap_hours=self.overlap_hours, note=self.note,
        )  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """What came of it: a key, or a decision that waits; and the secret of a key, if this made one."""

    came_of: ApiKey | Decision
    secret: str | None


async def held_key(connection: Connection, name: str) -> HeldKey | None:
    """The key in use of a name."""
    return await fetch_one(connection, SQL["held_key"], HeldKey, name)


async def narrow_or_ask(
    connection: Connection, clock: Clock, house: House, wanted: WantedKey, operator_id: int
) -> Asked:
    """Narrow a key at once, or ask another operator for what it is to be, once per id. Its secret is made now and told
    this once: it is good when the decision is confirmed, and nobody but its proposer has seen it.

    Raises:
        Problem: as `propose` and `confirm` say.
    """
    await lock(connection, clock)
    if known := await _proposed(connection, wanted.id):
        return Asked(await _ask(connection, clock, house, wanted, known.secret_sha256, operator_id), None)
    held = await held_key(connection, wanted.name)
    if held and not wanted.another_secret and (key := await _narrowed(connection, held, wanted)):
        return Asked(key, None)
    if held and not wanted.another_secret:
        return Asked(await _ask(connection, clock, house, wanted, None, operator_id), None)
    secret = new_secret()
    hashed = secret_sha256(secret).hex()
    return Asked(await _ask(connection, clock, house, wanted, hashed, operator_id), secret)


async def _proposed(connection: Connection, decision_id: UUID | None) -> NewKey | None:
    content = decision_id and await connection.fetchval(SQL["proposed"], decision_id)
    return msgspec.json.decode(content, type=NewKey) if content else None


async def _ask(
    connection: Connection, clock: Clock, house: House, wanted: WantedKey, secret: str | None, operator_id: int
) -> ApiKey | Decision:
    proposal = Proposal(wanted.id, wanted.content(secret), wanted.note, operator_id)
    asked: ApiKey | Decision = await ask(connection, clock, house, KEY, proposal)
    return asked


async def _narrowed(connection: Connection, held: HeldKey, wanted: WantedKey) -> ApiKey | None:
    said = wanted.content(None)
    if said.issuer != held.issuer:
        raise KeyOfAnother
    key_id = await connection.fetchval(SQL["narrow_key"], held.id, said.scopes, said.networks, said.expires_at)
    if key_id is None:
        return None
    changed(
        connection, key_id=key_id, before={"scopes": held.scopes, "networks": held.networks, "ends": held.expires_at}
    )
    return await _key(connection, key_id)


async def _key(connection: Connection, key_id: int) -> ApiKey:
    return next(one for one in await list_api_keys(connection) if one.id == key_id)


async def _in_force(connection: Connection, _: Clock, new: NewKey) -> HeldKey | None:
    return await held_key(connection, new.name)


def _figures(key: NewKey | HeldKey) -> Iterable[Figure]:
    yield Figure("Key", key.name)
    yield Figure("Speaks for people of", key.issuer)
    yield Figure("May", ", ".join(key.scopes) or "nothing")
    yield Figure("From", ", ".join(key.networks) or "anywhere")
    yield Figure("Until", format_instant(key.expires_at) if key.expires_at else "it is revoked")
    if isinstance(key, HeldKey) or key.secret_sha256 is None:
        yield Figure("Secret", "as it is")
    else:
        yield Figure("Secret", f"a new one, SHA-256 {key.secret_sha256[:12]}…")
        yield Figure("The secret before stays good for, in hours", format_number(key.overlap_hours))


async def _check(connection: Connection, clock: Clock, new: NewKey) -> None:
    try:
        await require_issuer(connection, new.issuer)
    except NotFound as error:
        raise InvalidField(field="body.issuer", reason="must be a platform there is") from error
    held = await held_key(connection, new.name)
    if held and held.issuer != new.issuer:
        raise KeyOfAnother
    now = clock.now()
    if new.expires_at <= now:
        raise InvalidField(field="body.expires_at", reason="must be in the future")
    days = await bound(connection, _LIFE)
    if new.expires_at > now + timedelta(days=days):
        raise OutOfBounds(bound=_LIFE, value=days)


async def _apply(connection: Connection, _: Clock, __: NewKey, decision: Decision, ___: Any) -> ApiKey:
    return await _key(connection, await connection.fetchval(SQL["admit_key"], decision.id))


async def _made(connection: Connection, decision_id: UUID) -> ApiKey:
    made = await fetch_one(connection, SQL["admission"], Admission, decision_id)
    assert made is not None, "a confirmed decision made one"
    assert made.key_id is not None, "it is of this kind"
    return await _key(connection, made.key_id)


KEY = DecisionKind(
    name="key",
    title="Key of a server",
    access=Access.OWNER,
    content=NewKey,
    before=HeldKey,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda new: new.name,
    apply=_apply,
    made=_made,
    problems=(KeyOfAnother, OutOfBounds),
)
