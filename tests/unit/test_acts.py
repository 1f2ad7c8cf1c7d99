"""What acts keep of what was said, and which requests leave one: nothing is forgotten, and nothing private is kept."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from plaudit.acts import LEFT_OUT, PRIVATE, Actor, ActRecord, about, kept
from plaudit.cli import COMMANDS
from plaudit.clock import ManualClock
from plaudit.http.assembly import framework
from plaudit.http.operations import operations
from plaudit.ids import new_id
from plaudit.limits import (
    ACT_SAID_ENTRIES_MAX,
    ACT_SAID_LENGTH_MAX,
    REFUSED_KINDS_MAX,
    REFUSED_KINDS_PER_NETWORK_MAX,
)
from plaudit.people.access import STAFF, Access, is_own, required, uses_power
from plaudit.people.model import Caller, Role
from plaudit.trail.refusals import Refusals
from tests.support.databases import START

_KEPT = """
    alt animation art audience basis category channel claims client_id content_sha256 control cover creator_id
    currency description emergency entity fee_fixed_currency issuer jwks_uri kinds language locale method names
    networks note number other_id party person_id platform provider reason reference regions resolution role_names
    room_id scopes sender_id sign_in_label sku still store subdivision subject_id time_zone toml url version
    video_id viewer_id
"""
KEPT = frozenset(_KEPT.split())
"""Texts in bodies that acts keep: neither secret nor of a person."""


def texts_of(kind: Any, name: str) -> Iterator[str]:
    """The names of all texts in a type."""
    info = kind if isinstance(kind, msgspec.inspect.Type) else msgspec.inspect.type_info(kind)
    match info:
        case msgspec.inspect.Metadata():
            yield from texts_of(info.type, name)
        case msgspec.inspect.UnionType():
            for one in info.types:
                yield from texts_of(one, name)
        case msgspec.inspect.StructType():
            for field in info.fields:
                yield from texts_of(field.type, field.encode_name)
        case msgspec.inspect.DictType():
            yield from texts_of(info.value_type, name)
        case msgspec.inspect.ListType() | msgspec.inspect.SetType() | msgspec.inspect.VarTupleType():
            yield from texts_of(info.item_type, name)
        case msgspec.inspect.StrType() | msgspec.inspect.AnyType() | msgspec.inspect.RawType():
            yield name


def test_each_text_of_a_body_is_kept_or_left_out_on_purpose() -> None:
    said = {
        name
        for one in operations(framework())
        if one.method != "get" and one.body is not None
        for name in texts_of(one.body, "body")
    }
    assert frozenset() == KEPT & PRIVATE
    assert said - KEPT - PRIVATE == set(), "is it secret, or of a person? `PRIVATE` of plaudit.acts, else KEPT"
    assert KEPT - said == set()


# A mail and a webhook that are tried: nothing is written, so their acts are written before the answer.
WITHOUT_A_TRANSACTION = {"TestMail", "TestWebhook"}
LEAVES_NONE = {"SendGifts", "TellInstrument"}
LOOKS = {"GET", "HEAD", "OPTIONS"}
WITHOUT_A_DATABASE = {"settings", "payment_providers", "payout_providers"}
"""Parts of the house that handlers may be handed together."""


def handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in framework().routes:
        if isinstance(route, HTTPRoute):
            for one in route.route_handlers:
                yield f"{sorted(one.http_methods)} {route.path}", one


def parts_of(house: Any) -> list[str]:
    """Those that a protocol names, by which mypy holds who is handed it to them."""
    protocols = [one for one in house.__mro__ if getattr(one, "_is_protocol", False) and one.__module__ != "typing"]
    found = [name for one in protocols for name, part in vars(one).items() if isinstance(part, property)]
    assert found, house
    return found


def test_who_writes_with_power_writes_by_a_database_that_is_witnessed() -> None:
    """No handler has another way to the database than the one it is handed by that name."""
    seen = 0
    for name, handler in handlers():
        given = handler.parsed_fn_signature.parameters
        assert not {"job_database", "hub_database"} & given.keys(), name
        if "house" in given:  # kinds of decisions carry out what they are given a transaction for
            assert set(parts_of(given["house"].annotation)) <= WITHOUT_A_DATABASE, name
        if handler.http_methods <= LOOKS or required(handler.opt.get("access")) <= {Access.PUBLIC, Access.VIEWER}:
            continue
        if not is_own(required(handler.opt.get("access"))):
            seen += 1
            if handler.operation_id not in WITHOUT_A_TRANSACTION:
                assert "database" in given, name
    assert seen > 50
    assert {one.operation_id for _, one in handlers() if one.opt.get("leaves_no_act")} == LEAVES_NONE


def test_what_is_shown_of_people_to_operators_is_declared() -> None:
    """Where an answer of an operator's address names a person, reads of it are acts."""
    forgotten = {
        one.id
        for one in operations(framework())
        if one.method == "get" and STAFF & one.access and "person_id" in set(fields_of(one.answer))
    }
    declared = {one.operation_id for _, one in handlers() if one.opt.get("personal")}
    assert forgotten - declared == set()
    assert len(declared) > 30


def fields_of(kind: Any) -> Iterator[str]:
    info = kind if isinstance(kind, msgspec.inspect.Type) else msgspec.inspect.type_info(kind)
    match info:
        case msgspec.inspect.Metadata():
            yield from fields_of(info.type)
        case msgspec.inspect.UnionType():
            for one in info.types:
                yield from fields_of(one)
        case msgspec.inspect.StructType():
            for field in info.fields:
                yield field.encode_name
                yield from fields_of(field.type)
        case msgspec.inspect.ListType() | msgspec.inspect.SetType() | msgspec.inspect.VarTupleType():
            yield from fields_of(info.item_type)


def test_no_command_goes_round_its_witness() -> None:
    """Commands reach the database by `database_command`, or say `witnessed` themselves; three only look."""
    only_look = {"plaudit.schema.commands", "plaudit.http.commands", "plaudit.readiness.commands"}
    for room, command in COMMANDS.values():
        module = import_module(f".{command.place.partition(':')[0]}", room.package)
        if module.__name__ in only_look or room.name in {"bench", "demo", "sandbox"}:
            continue
        text = Path(str(module.__file__)).read_text()
        if " Database(" in text or "await connect(" in text:
            assert "witnessed(" in text or "act_of_command(" in text, module


@pytest.mark.parametrize(
    ("access", "caller", "is_power"),
    [
        (Access.VIEWER, Caller(7, frozenset({Role.VIEWER}), 1), False),
        (Access.VIEWER, Caller(7, frozenset({Role.VIEWER, Role.OPERATOR, Role.OWNER}), 1), False),
        (Access.CREATOR, Caller(7, frozenset({Role.CREATOR, Role.OPERATOR, Role.OWNER}), 1), False),
        (Access.OPERATOR, Caller(7, frozenset({Role.OPERATOR, Role.CATALOGUE}), 1), True),
        (Access.FINANCE, Caller(7, frozenset({Role.OPERATOR, Role.FINANCE}), 1), True),
        (Access.FINANCE, Caller(7, frozenset({Role.OPERATOR, Role.OWNER}), 1), True),
        (Access.FINANCE, Caller(7, frozenset({Role.OPERATOR, Role.AUDITOR}), 1), True),
        (frozenset({Access.VIEWER, Access.OPERATOR}), Caller(7, frozenset({Role.VIEWER}), 1), False),
        (frozenset({Access.VIEWER, Access.OPERATOR}), Caller(7, frozenset({Role.OPERATOR, Role.SAFETY}), 1), True),
        (frozenset({Access.VIEWER, Access.SUPPORT}), Caller(7, frozenset({Role.OPERATOR, Role.SUPPORT}), 1), True),
        (frozenset({Access.VIEWER, Access.SUPPORT}), Caller(7, frozenset({Role.OPERATOR, Role.PRICING}), 1), False),
        (Access.VIEWER, Caller(7, frozenset({Role.SERVER, Role.VIEWER}), 1, 3), True),
        (Access.PUBLIC, Caller(0, frozenset({Role.SERVER}), 1, 3), True),
    ],
)
def test_who_acts_with_power(access: object, caller: Caller, is_power: bool) -> None:
    assert uses_power(access, caller) is is_power


def test_what_is_private_is_left_out_wherever_it_stands() -> None:
    body = {"people": [{"subject": "ada", "email": "ada@example.org", "born_on": None}], "note": "n" * 1_000}
    assert kept(body) == {
        "people": [{"subject": LEFT_OUT, "email": LEFT_OUT, "born_on": None}],
        "note": "n" * ACT_SAID_LENGTH_MAX + "…",
    }
    assert kept(list(range(ACT_SAID_ENTRIES_MAX + 2)))[-1] == "… 2 more"
    assert kept("a\udc80\0") == "a??"


def test_ids_are_found_each_by_itself() -> None:
    assert about(["0192", "a b", 7, None, "0192"]) == "0192 a%20b 7"
    assert about([]) is None


def _refused(clock: ManualClock, operation: str, address: str = "203.0.113.0/24") -> ActRecord:
    return ActRecord(
        id=new_id(clock), at=clock.now(), kind="refused", actor=Actor.NOBODY, operation=operation,
        outcome="refused", address=address, problem="unauthenticated",
    )  # fmt: skip


def test_a_flood_of_refused_tries_is_a_few_rows() -> None:
    clock, refusals = ManualClock(START), Refusals()
    for _ in range(1_000):
        refusals.count(_refused(clock, "ListMails"))
    assert refusals.take(clock.now().timestamp()) == [], "the minute goes on"
    clock.advance(timedelta(minutes=1))
    refusals.count(_refused(clock, "ListMails"))
    (first,) = refusals.take(clock.now().timestamp())
    assert (first.times, first.at) == (1_000, START)
    assert [one.times for one in refusals.take()] == [1]

    for number in range(REFUSED_KINDS_MAX * 3):
        refusals.count(_refused(clock, "ListMails", f"2001:db8:{number:x}::/48"))
    rows = refusals.take()
    assert len(rows) == REFUSED_KINDS_MAX + 1
    assert sum(one.times for one in rows) == REFUSED_KINDS_MAX * 3
    assert (rows[-1].address, rows[-1].operation) == (None, "*")


def test_nobody_hides_behind_their_own_noise() -> None:
    clock, refusals = ManualClock(START), Refusals()
    for number in range(REFUSED_KINDS_MAX * 3):
        refusals.count(_refused(clock, f"GET /{number}"))
    refusals.count(_refused(clock, "ListMails", "198.51.100.0/24"))
    rows = refusals.take()
    assert len(rows) == REFUSED_KINDS_PER_NETWORK_MAX + 2
    assert [(one.operation, one.address, one.times) for one in rows[-2:]] == [
        ("*", "203.0.113.0/24", REFUSED_KINDS_MAX * 3 - REFUSED_KINDS_PER_NETWORK_MAX),
        ("ListMails", "198.51.100.0/24", 1),
    ]
