"""Every address asked by everybody: the page of the docs says who may, and the server does what it says."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx2

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.http.assembly import framework
from plaudit.http.matrix import Row, rows, written
from plaudit.limits import STEP_UP_MAX_AGE_S
from plaudit.people import roles
from plaudit.people.model import STAFF_ROLES, Role, Scope
from tests.support.desk import Desk

DOCS = Path(__file__).parents[2] / "docs"
ASKED_AGAIN = {
    "POST /v1/decision-bounds",
    "POST /v1/decisions/{decision_id:uuid}/confirm",
    "POST /v1/operator/issuers",
    "POST /v1/operator/keys",
    "POST /v1/operator/roles",
    "POST /v1/payout-methods",
    "POST /v1/payouts/{payout_id:uuid}/approve",
    "POST /v1/person-links/{link_id:uuid}/end",
}
"""Where a recent sign-in is asked for whatever else changes."""

REFUSALS = frozenset({"unauthenticated", "role_missing", "scope_missing"})
NOWHERE = {"uuid": "019ced16-9a70-7000-8000-000000000001", "int": "2147483000", "str": "nobody", "path": "nothing"}
ANY_OPERATOR = {
    "GET /operator": "the overview",
    "GET /operator/queues": "whether work waits",
    "GET /v1/operator/queues": "whether work waits",
    "GET /operator/decisions": "what waits for another operator",
    "GET /operator/decisions/{decision_id:uuid}": "what waits for another operator",
    "GET /v1/decisions": "what waits for another operator",
    "GET /v1/decisions/{decision_id:uuid}": "what waits for another operator",
    "POST /v1/decisions/{decision_id:uuid}/seen": "all others are told of an emergency",
    "GET /v1/decision-bounds": "how far whoever decides may go",
    "GET /v1/decision-bounds/wider": "everybody sees what is to be before it is",
    "GET /v1/reward-rules": "creators read it too",
    "GET /v1/reward-rules/current": "creators read it too",
    "GET /v1/payout-rates": "creators read it too",
    "GET /v1/payout-terms/current": "creators read it too",
}
"""Addresses that let in operators of whatever role, and why. New ones name a role instead."""
SAID_BY_THE_HANDLER = {
    ("POST", "/v1/session"): "only a token begins a session",
    ("POST", "/v1/streams/rtmp"): "the key of a stream is in its body",
    ("GET", "/v1/overlay"): "a token of an overlay is its own",
    ("GET", "/metrics"): "has a token of its own",
}


def test_the_page_of_the_docs_is_what_handlers_declare() -> None:
    assert (DOCS / "roles.md").read_text() == written(framework())


def test_operators_of_any_role_are_let_in_where_that_is_meant() -> None:
    bare = {f"{row.method} {row.path}" for row in rows(framework()) if row.is_bare}
    assert bare == ANY_OPERATOR.keys()


async def test_a_sign_in_of_long_ago_is_refused_where_it_must_be_recent(desk: Desk, clock: ManualClock) -> None:
    """What gives money away, and what lets somebody in, or lets decisions go further."""
    later = timedelta(seconds=STEP_UP_MAX_AGE_S + 1)
    token = desk.issuer.mint("olga", (Role.CREATOR, Role.OPERATOR), clock, lifetime=2 * later)
    clock.advance(later)
    olga = await desk.client({"Authorization": f"Bearer {token}"})
    asking, found = set(), set()
    for row in rows(framework()):
        if row.method == "GET":
            continue
        path = re.sub(r"\{\w+:(\w+)\}", lambda part: NOWHERE[part[1]], row.path)
        answer = await olga.request(row.method, path)
        if row.step_up:
            asking.add(f"{row.method} {row.path}")
        if answer.status_code == 401 and answer.json()["code"] == "step_up_required":
            found.add(f"{row.method} {row.path}")
    assert ASKED_AGAIN <= asking <= found
    assert "POST /v1/decisions/{decision_id:uuid}/refuse" not in found, "to say no asks nothing"


async def test_everybody_is_let_in_where_the_page_says_so(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    people: dict[str, httpx2.AsyncClient] = {"guest": await desk.client(), "viewer": await desk.person("ada")}
    people["creator"] = await desk.person("cleo", Role.VIEWER, Role.CREATOR)
    for role in sorted(STAFF_ROLES):
        people[role] = await desk.person(f"of {role}")
        await roles.grant_role(owner_connection, await desk.person_id(f"of {role}"), role, clock)
    await people["creator"].get("/v1/me")
    keys = {
        scopes: await desk.server_key(f"key {number}", scopes=scopes)
        for number, scopes in enumerate(keys_to_ask_with())
    }
    wrong, cells = [], 0
    for row in rows(framework()):
        for name, client in people.items():
            cells += 1
            wrong += await asked(row, name, client, {}, may=name in row.may)
        is_public = "guest" in row.may
        for scopes in scopes_of(row):
            may_by_scope = scopes.issuperset(row.needed) if row.needed else is_public
            for speaks, may in (("", row.by_itself), ("cleo", row.by_itself or "creator" in row.may)):
                subject = {"Plaudit-Subject": speaks} if speaks else {}
                headers = {"Authorization": f"Bearer {keys[scopes]}"} | subject
                cells += 1
                who = f"a key of {sorted(scopes)}{' for cleo' if speaks else ''}"
                wrong += await asked(row, who, people["guest"], headers, may=may_by_scope and (may or is_public))
    assert cells > 4_000
    assert not wrong, "\n".join(wrong)


def keys_to_ask_with() -> list[frozenset[Scope]]:
    """Of each scope alone, of all others, of none and of all."""
    every = frozenset(Scope)
    return [
        frozenset(),
        every,
        *(frozenset({one}) for one in Scope),
        frozenset({Scope.METHODS, Scope.STEP_UP}),
        *(every - {one} for one in Scope),
    ]


def scopes_of(row: Row) -> list[frozenset[Scope]]:
    """The keys that tell whether the scope of an address is needed, and enough."""
    every = frozenset(Scope)
    own = [frozenset(row.needed), *(every - {one} for one in row.needed)] if row.needed else [every]
    return [frozenset(), *own]


async def asked(row: Row, who: str, client: httpx2.AsyncClient, headers: Mapping[str, str], *, may: bool) -> list[str]:
    """What is wrong with one cell."""
    path = re.sub(r"\{\w+:(\w+)\}", lambda part: NOWHERE[part[1]], row.path)
    answer = await client.request(row.method, path, headers=headers)
    code = answer.json().get("code") if answer.headers.get("content-type") == "application/problem+json" else None
    refused = answer.status_code in {401, 403} and code in REFUSALS
    if refused == (not may) and (may or (answer.status_code == 401) == (code == "unauthenticated")):
        return []
    if may and (row.method, row.path) in SAID_BY_THE_HANDLER:
        return []
    return [f"{row.method} {path} as {who}: {answer.status_code} {code}, and {'may' if may else 'may not'}"]
