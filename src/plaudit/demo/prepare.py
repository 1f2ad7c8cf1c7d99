"""What must be there before the demo's server starts: tables, whose tokens count, prices, who there is to be."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from plaudit.clock import Clock, ManualClock
from plaudit.connections import Connection
from plaudit.creators import actions as creators
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.demo.cast import Cast, Character, Creator, Guest, Operator
from plaudit.demo.keys import DemoKeys
from plaudit.demo.past_plan import PastPlan
from plaudit.demo.price_books import publish_first
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ledger.jobs import ensure_gift_partitions
from plaudit.payouts import rates
from plaudit.people.actions import create_api_key, list_api_keys, revoke_api_key
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.issuers import list_issuers, set_issuer, terms_of
from plaudit.schema.migrate import apply_to
from plaudit.settings import SetupError
from plaudit.web.pages.people import DemoPerson

_PEOPLE_FILE = "people.json"
_SERVER = "demo platform"  # the name of its key
_CROWD_SHOWN = 12  # of the viewers anybody may be
_MATURITY_S = 10  # so that whoever tries the demo sees diamonds mature


async def prepare(url: str, data: Path, plan: PastPlan, began_at: datetime, clock: Clock) -> bool:
    """Bring a database to where the past begins; whether it is a new one. A second time changes nothing.

    Raises:
        SetupError: the database cannot be migrated, or serves other people than the demo's.
    """
    await apply_to(url)
    async with Database(url, connections=1) as database, database.transaction() as connection:
        if [one for one in await list_issuers(connection) if one.issuer != ISSUER]:
            raise SetupError("the database of DATABASE_URL serves other people: the demo needs one of its own")
        issuer = await DevelopmentIssuer.of(data).register(connection, clock)
        terms = msgspec.structs.replace(terms_of(issuer), claims={"email": "email"})
        await set_issuer(connection, ISSUER, terms)
        await _keep_server_key(connection, data, clock)
        past = ManualClock(began_at)
        await ensure_gift_partitions(connection, past)
        await load_starter(connection, past)
        is_new = await publish_first(connection, plan, past)
        await ensure_gift_partitions(connection, clock)
        reference = await rates.read_reference_rates(connection, rates.CURRENCIES, clock.now())
        await rates.record_reference_rates(connection, clock, reference)
        await _shorten_maturity(connection, clock)
        return is_new


async def _keep_server_key(connection: Connection, data: Path, clock: Clock) -> None:
    """A key for the platform's server, unless the one that is kept is good; one whose secret was lost is revoked."""
    keys = DemoKeys.of(data)
    known = [one for one in await list_api_keys(connection) if one.name == _SERVER and one.revoked_at is None]
    if known and keys.server_key:
        return
    if known:
        await revoke_api_key(connection, _SERVER, clock)
    _, keys.server_key = await create_api_key(connection, _SERVER, ISSUER, clock)
    keys.save(data)


async def _shorten_maturity(connection: Connection, clock: Clock) -> None:
    """Record a reward rule like the one in effect, under which diamonds mature within seconds."""
    rule = await creators.current_rule(connection, clock)
    if rule.maturity_s <= _MATURITY_S:
        return
    quick = NewRewardRule(
        numerator=rule.numerator,
        denominator=rule.denominator,
        maturity_s=_MATURITY_S,
        coins_min=rule.coins_min,
        note=f"demo: available after {_MATURITY_S} seconds",
    )
    await creators.record_rule(connection, clock, quick, None)


def write_people(data: Path, cast: Cast, *, approve: bool) -> Path:
    """Write down who there is to be, for the page where that is chosen; the file.

    `approve`: small payouts are approved without a person, as the operator's note says.
    """
    shown = [cast.operator, *cast.guests, *cast.creators, *cast.viewers[:: len(cast.viewers) // _CROWD_SHOWN]]
    people = [
        DemoPerson(
            subject=one.subject,
            group=_group(one),
            roles=sorted(one.roles),
            claims=one.claims,
            note="" if one is cast.operator and not approve else one.note,
        )
        for one in shown
    ]
    file = data / _PEOPLE_FILE
    file.write_bytes(msgspec.json.encode(people))
    return file


def _group(one: Character) -> Literal["you", "creator", "operator", "crowd"]:
    match one:
        case Guest():
            return "you"
        case Creator():
            return "creator"
        case Operator():
            return "operator"
    return "crowd"
