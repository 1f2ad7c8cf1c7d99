"""Who may call what, as a whole table; and what of a request counts as saying who asks."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from plaudit.limits import TOKEN_LENGTH_MAX
from plaudit.people.access import STAFF, Access, as_let_in, check_access, is_reading, required
from plaudit.people.credentials import Credentials, credentials_of
from plaudit.people.model import Caller, ForeignOrigin, Role, RoleMissing, TokenNotValid, roles_here
from plaudit.problems import Forbidden, Unauthenticated

# Who asks, and what lets them in. A server speaks for itself as person 0, or for somebody with that person's roles.
CALLERS: dict[str, tuple[Caller | None, set[Access]]] = {
    "a guest": (None, {Access.PUBLIC}),
    "a viewer": (Caller(7, frozenset({Role.VIEWER}), 1), {Access.PUBLIC, Access.VIEWER}),
    "a person without roles": (Caller(7, frozenset(), 1), {Access.PUBLIC, Access.VIEWER}),
    "a creator": (
        Caller(7, frozenset({Role.VIEWER, Role.CREATOR}), 1),
        {Access.PUBLIC, Access.VIEWER, Access.CREATOR},
    ),
    "an owner": (
        Caller(7, frozenset({Role.VIEWER, Role.OPERATOR, Role.OWNER}), 1),
        {Access.PUBLIC, Access.VIEWER, *STAFF},
    ),
    "somebody of finance": (
        Caller(7, frozenset({Role.VIEWER, Role.OPERATOR, Role.FINANCE}), 1),
        {Access.PUBLIC, Access.VIEWER, Access.OPERATOR, Access.FINANCE},
    ),
    "an auditor": (
        Caller(7, frozenset({Role.VIEWER, Role.OPERATOR, Role.AUDITOR}), 1),
        {Access.PUBLIC, Access.VIEWER},
    ),
    "an operator of no role": (Caller(7, frozenset({Role.OPERATOR}), 1), {Access.PUBLIC, Access.VIEWER}),
    "a server": (Caller(0, frozenset({Role.SERVER}), 1, 3), {Access.PUBLIC, Access.SERVER}),
    "a server with too many roles": (Caller(0, frozenset(Role), 1, 3), {Access.PUBLIC, Access.SERVER}),
    "a server for a viewer": (
        Caller(7, frozenset({Role.VIEWER, Role.SERVER}), 1, 3),
        {Access.PUBLIC, Access.VIEWER, Access.SERVER},
    ),
}
DECLARED = [*Access, *(frozenset(pair) for pair in combinations(Access, 2)), frozenset(Access)]


@pytest.mark.parametrize("who", CALLERS)
def test_who_may_call_what(who: str) -> None:
    caller, lets_in = CALLERS[who]
    for access in DECLARED:
        passes = not lets_in.isdisjoint(required(access))
        if passes:
            check_access(access, caller)
            continue
        with pytest.raises(Unauthenticated if caller is None else RoleMissing) as refused:
            check_access(access, caller)
        if caller is not None:
            assert refused.value.fields["needed"] == sorted(required(access))


def test_an_auditor_reads_what_operators_read() -> None:
    auditor, _ = CALLERS["an auditor"]
    for access in STAFF:
        check_access(access, auditor, reading=True)
    assert [is_reading(method, acts=False) for method in ("GET", "HEAD", "POST", "DELETE")] == [
        True,
        True,
        False,
        False,
    ]
    assert not is_reading("GET", acts=True)


def test_an_operator_of_another_role_is_to_the_handler_what_any_viewer_is() -> None:
    pricing = Caller(7, frozenset({Role.VIEWER, Role.OPERATOR, Role.PRICING}), 1)
    orders = frozenset({Access.VIEWER, Access.SUPPORT})
    assert as_let_in(orders, pricing, reading=True).roles == {Role.VIEWER}
    for access in (Access.PRICING, Access.OPERATOR, Access.VIEWER, Access.PUBLIC):
        assert as_let_in(access, pricing, reading=True) is pricing
    auditor, _ = CALLERS["an auditor"]
    assert auditor is not None
    assert as_let_in(orders, auditor, reading=True) is auditor
    assert Role.OPERATOR not in as_let_in(orders, auditor, reading=False).roles


def test_what_a_platform_calls_an_operator_is_what_the_setting_says() -> None:
    said = {Role.VIEWER, Role.OPERATOR}
    assert roles_here(said, (), Role.OWNER) == {Role.VIEWER, Role.OPERATOR, Role.OWNER}
    assert roles_here(said, (), Role.SUPPORT) == {Role.VIEWER, Role.OPERATOR, Role.SUPPORT}
    assert roles_here(said, (), None) == {Role.VIEWER}
    assert roles_here({Role.VIEWER}, {Role.OPERATOR}, None) == {Role.VIEWER, Role.OPERATOR, Role.OWNER}
    assert roles_here(said, {Role.AUDITOR}, None) == {Role.VIEWER, Role.OPERATOR, Role.AUDITOR}


@pytest.mark.parametrize("declared", [None, "", "public", frozenset(), frozenset({"public"}), {Access.PUBLIC}, [], 1])
@pytest.mark.parametrize("who", CALLERS)
def test_what_declares_nothing_lets_nobody_in(declared: object, who: str) -> None:
    with pytest.raises(Forbidden) as refused:
        check_access(declared, CALLERS[who][0])
    assert type(refused.value) is Forbidden


def _scope(headers: Mapping[str, str | bytes] = {}, method: str = "GET", **more: Any) -> dict[str, Any]:
    raw = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": raw} | more


COOKIE = {"cookie": "theme=dark; plaudit_session=pls_1; plaudit_session_old=2", "host": "Shop.example:8443"}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, None),
        ({"cookie": "theme=dark"}, None),
        ({"cookie": "plaudit_session="}, None),
        ({"plaudit-subject": "ada"}, None),
        ({"authorization": "Bearer abc"}, Credentials("abc")),
        ({"authorization": "bearer  abc "}, Credentials("abc")),
        ({"authorization": "Bearer " + "a" * TOKEN_LENGTH_MAX}, Credentials("a" * TOKEN_LENGTH_MAX)),
        ({"authorization": "Bearer abc", "plaudit-subject": " åda "}, Credentials("abc", "åda")),
        ({"authorization": "Bearer abc", "plaudit-subject": " "}, Credentials("abc")),
        ({"authorization": "Bearer abc"} | COOKIE, Credentials("abc")),
        (COOKIE, Credentials("pls_1", forgiving=True)),
    ],
)
def test_what_says_who_asks(headers: dict[str, str], found: Credentials | None) -> None:
    assert credentials_of(_scope(headers)) == found


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"authorization": "Basic abc"}, "Authorization: Bearer"),
        ({"authorization": "Digest abc"}, "Authorization: Bearer"),
        ({"authorization": "Bearer"}, "Authorization: Bearer"),
        ({"authorization": "Bearer  "}, "Authorization: Bearer"),
        ({"authorization": "Bearer " + "a" * (TOKEN_LENGTH_MAX + 1)}, "is longer than"),
        ({"authorization": "Bearer abc", "plaudit-subject": b"\xff"}, "is not UTF-8"),
        ({"cookie": "plaudit_session=" + "a" * (TOKEN_LENGTH_MAX + 1)}, "is longer than"),
    ],
)
def test_what_cannot_be_read(headers: dict[str, str | bytes], reason: str) -> None:
    with pytest.raises(TokenNotValid, match=reason):
        credentials_of(_scope(headers))


def test_a_socket_may_ask_for_its_token_as_a_protocol() -> None:
    asked = {"type": "websocket", "subprotocols": ["plaudit", "plaudit.token.a.b.c"]}
    assert credentials_of(_scope(COOKIE) | asked) == Credentials("a.b.c")
    assert credentials_of(_scope({"authorization": "Bearer plt_1"}) | asked) == Credentials("plt_1")
    assert credentials_of(_scope() | asked | {"subprotocols": ["plaudit", "plaudit.token."]}) is None
    with pytest.raises(TokenNotValid, match="is longer than"):
        credentials_of(_scope() | asked | {"subprotocols": ["plaudit.token." + "a" * (TOKEN_LENGTH_MAX + 1)]})


def test_a_token_in_the_address_counts_for_nothing() -> None:
    """Addresses end up in logs."""
    for kind in ("http", "websocket"):
        assert credentials_of(_scope(query_string=b"token=plo_1") | {"type": kind}) is None


def test_the_cookie_has_the_name_it_has_here() -> None:
    both = {"cookie": "plaudit_session=pls_1; __Host-plaudit_session=pls_2"}
    assert credentials_of(_scope(both), cookie="__Host-plaudit_session") == Credentials("pls_2", forgiving=True)
    assert credentials_of(_scope(COOKIE), cookie="__Host-plaudit_session") is None


SAME, FOREIGN = "same origin", "foreign"
ORIGINS: list[tuple[dict[str, str], str]] = [
    ({"sec-fetch-site": "same-origin"}, SAME),
    ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, SAME),
    ({"origin": "https://shop.example:8443"}, SAME),
    ({"sec-fetch-site": "same-site", "origin": "https://shop.example:8443"}, FOREIGN),
    ({"sec-fetch-site": "none"}, FOREIGN),
    ({"origin": "https://shop.example"}, FOREIGN),
    ({"origin": "https://shop.example:8444"}, FOREIGN),
    ({"origin": "https://a.example"}, FOREIGN),
    ({"origin": "https://z.example"}, FOREIGN),
    ({"origin": "null"}, FOREIGN),
    ({}, FOREIGN),
]


@pytest.mark.parametrize(("said", "origin"), ORIGINS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_cookie_acts_for_our_own_pages_only(said: dict[str, str], origin: str, method: str) -> None:
    scope = _scope(COOKIE | said, method)
    if origin == SAME:
        assert credentials_of(scope) == Credentials("pls_1")
    else:
        with pytest.raises(ForeignOrigin):
            credentials_of(scope)


@pytest.mark.parametrize(("said", "origin"), ORIGINS)
def test_a_socket_acts_like_a_request_that_changes_something(said: dict[str, str], origin: str) -> None:
    scope = _scope(COOKIE | said) | {"type": "websocket"}
    if origin == SAME:
        assert credentials_of(scope) == Credentials("pls_1")
    else:
        with pytest.raises(ForeignOrigin):
            credentials_of(scope)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_who_only_looks_may_come_from_anywhere(method: str) -> None:
    for said, _ in ORIGINS:
        assert credentials_of(_scope(COOKIE | said, method)) == Credentials("pls_1", forgiving=True)


@pytest.mark.parametrize("hosts", [{"host": ""}, {}])
def test_no_host_is_nobodys_origin(hosts: dict[str, str]) -> None:
    headers = {"cookie": COOKIE["cookie"]} | hosts
    for origin in ("", "null", "file://"):
        with pytest.raises(ForeignOrigin):
            credentials_of(_scope(headers | {"origin": origin}, "POST"))
