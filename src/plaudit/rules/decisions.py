"""Packs of rules: one operator proposes, another confirms, who sees each rule that changes."""

from collections.abc import Iterable
from typing import Any

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.people.access import Access
from plaudit.rules import published
from plaudit.rules.packs import Pack, read_pack, shipped_texts
from plaudit.rules.published import NewPolicyPack, PublishedPack


class PackInForce(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack would take the place of. `version` 0: it came with Plaudit."""

    version: int
    text: str


async def _in_force(connection: Connection, clock: Clock, new: NewPolicyPack) -> PackInForce | None:
    pack = (await published.current_book(connection)).pack(new.country, clock.now())
    if pack is None:
        return None
    if not pack.version:
        return PackInForce(version=0, text=shipped_texts()[pack.country])
    return PackInForce(version=pack.version, text=(await published.find_pack(connection, pack.version)).text)


def figures(one: NewPolicyPack | PackInForce) -> Iterable[Figure]:
    """Each rule, as it reads."""
    yield from figures_of(read_pack(one.text))


def figures_of(pack: Pack) -> Iterable[Figure]:
    """The same of a pack that was read."""
    yield Figure("country", pack.country)
    for name, rule in pack.rules.items():
        said = f"from {rule.age}, {rule.level.name.lower()}" if rule.allowed else "not allowed"
        if rule.allowed and rule.guardian_age is not None:
            said += f", with a guardian from {rule.guardian_age}"
        yield Figure(name, f"{said} ({', '.join(rule.sources)})")
    for period, cap in pack.caps.items():
        yield Figure(f"cap of a {period}", f"{cap.amount_minor} {cap.currency}, minor units ({', '.join(cap.sources)})")
    for name, practice in pack.practices.items():
        yield Figure(name, f"{'yes' if practice.value else 'no'} ({', '.join(practice.sources)})")
    for name, source in pack.sources.items():
        yield Figure(f"source {name}", f"{source.law}, as of {source.as_of} {source.url or ''}".strip())


async def _apply(connection: Connection, clock: Clock, new: NewPolicyPack, decision: Decision, _: Any) -> PublishedPack:
    return await published.record(connection, clock, new, decision)


POLICY_PACK = DecisionKind(
    name="policy_pack",
    title="Rules of a country",
    access=Access.SAFETY,
    content=NewPolicyPack,
    before=PackInForce,
    in_force=_in_force,
    figures=figures,
    check=published.check,
    subject=lambda new: new.country,
    apply=_apply,
    made=published.decided_pack,
    problems=(published.PackNotValid,),
)

KINDS = (POLICY_PACK,)
