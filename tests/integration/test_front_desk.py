"""The assembled server: every route says who may call it, every error is a problem, every answer has its headers."""

import gzip
from dataclasses import replace
from typing import Any

import httpx2
import msgspec
import pytest
from litestar.routes import HTTPRoute, WebSocketRoute

from plaudit.clock import ManualClock
from plaudit.http.assembly import create_app, framework
from plaudit.http.openapi import describe
from plaudit.limits import BODY_BYTES_MAX, CURSOR_LENGTH_MAX
from plaudit.people.access import Access, required
from plaudit.people.credentials import SESSION_COOKIE
from plaudit.settings import Settings
from plaudit.web.brand import brand_of
from tests.support.desk import ORIGIN, Desk, open_desk

PROBLEM = "application/problem+json"


def test_every_route_declares_who_may_call_it() -> None:
    declared = {
        f"{sorted(handler.http_methods)} {route.path}": required(handler.opt.get("access"))
        for route in framework().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods
    }
    assert declared["['POST'] /v1/gifts"] == {Access.VIEWER}
    assert [name for name, access in declared.items() if not access] == []


def test_what_a_provider_shows_is_the_provider_s_to_read() -> None:
    """A provider signs what it says; an Authorization of its own is none of ours."""
    foreign = {
        route.path: handler.opt.get("foreign_credentials")
        for route in framework().routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/v1/webhooks/")
        for handler in route.route_handlers
        if "POST" in handler.http_methods
    }
    assert foreign == {
        "/v1/webhooks/{provider:str}": True,
        "/v1/webhooks/payouts/{provider_name:str}": True,
        "/v1/webhooks/screening/{source_name:str}": True,
        "/v1/webhooks/mail-bounces": True,
    }


def test_sockets_are_answered_before_the_framework() -> None:
    assert not [route for route in framework().routes if isinstance(route, WebSocketRoute)]


def _problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    document: dict[str, Any] = answer.json()
    assert (document["status"], document["code"]) == (status, code), answer.text
    return document


async def test_errors_of_the_framework_are_problems(desk: Desk) -> None:
    guest, ada = await desk.client(), await desk.person("ada")
    _problem(await guest.get("/v1/nothing"), 404, "not_found")
    _problem(await guest.get("/v1/%00"), 404, "not_found")
    wrong = await guest.put("/v1/me")
    assert _problem(wrong, 405, "method_not_allowed")["allowed"] == ["GET", "OPTIONS"]
    assert wrong.headers["allow"] == "GET, OPTIONS"
    _problem(await ada.get("/v1/orders", params={"limit": "many"}), 400, "invalid_field")
    quote = "/v1/quotes"
    text = {"Content-Type": "text/plain"}
    _problem(await ada.post(quote, content=b"{}", headers=text), 415, "wrong_media_type")
    json = {"Content-Type": "application/json"}
    _problem(await ada.post(quote, content=b"{", headers=json), 400, "invalid_body")
    missing = _problem(await ada.post(quote, content=b"", headers=json), 400, "invalid_field")
    assert (missing["field"], missing["reason"]) == ("body", "is missing")
    large = b'"' + b"x" * BODY_BYTES_MAX + b'"'
    _problem(await ada.post(quote, content=large, headers=json), 413, "body_too_large")


async def test_a_broken_parameter_is_named(desk: Desk) -> None:
    ada = await desk.person("ada")
    document = _problem(
        await ada.get("/v1/orders", params={"limit": "0", "cursor": "x" * (CURSOR_LENGTH_MAX + 1)}),
        400,
        "invalid_field",
    )
    assert {error["field"] for error in document["errors"]} == {"query.limit", "query.cursor"}


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("limit=1&limit=2", "query.limit", "is given more than once"),
        ("cursor=null", "query.cursor", "is left out rather than null"),
        ("stray=%00", "query.stray", "must not contain the character U+0000"),
        ("&".join("a=1" for _ in range(200)), "query", "cannot be read"),
    ],
)
async def test_parameters_are_not_guessed_at(desk: Desk, query: str, field: str, reason: str) -> None:
    ada = await desk.person("ada")
    document = _problem(await ada.get(f"/v1/orders?{query}"), 400, "invalid_field")
    assert (document["field"], document["reason"]) == (field, reason)


async def test_a_moment_is_no_number(desk: Desk) -> None:
    ada = await desk.person("ada")
    document = _problem(await ada.get("/v1/catalogue/1?at=0.5"), 400, "invalid_field")
    assert (document["field"], document["reason"]) == ("query.at", "must be a moment, such as 2026-12-01T12:00:00Z")


async def test_what_nobody_foresaw_shows_an_incident_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("plaudit.people.actions.require_person", broken)
    answer = await (await desk.person("ada")).get("/v1/me")
    document = _problem(answer, 500, "unexpected")
    assert "secret" not in answer.text
    assert document["incident"] in caplog.text
    assert document["instance"] == f"urn:plaudit:request:{answer.headers['x-request-id']}"
    assert document["incident"] == answer.headers["x-request-id"]


async def test_the_id_of_a_request_is_its_proxys_word_and_nobody_elses(
    database_url: str, clock: ManualClock, desk: Desk
) -> None:
    named = {"X-Request-Id": "4f0c9a51-of-the-proxy"}
    stranger = await desk.client(named)
    assert (await stranger.get("/health")).headers["x-request-id"] != named["X-Request-Id"]
    async with open_desk(database_url, clock, Settings(public_url=ORIGIN, trusted_proxies="127.0.0.0/8")) as behind:
        proxied = await behind.client(named)
        assert (await proxied.get("/health")).headers.get_list("x-request-id") == [named["X-Request-Id"]]


async def test_a_database_that_is_gone_makes_not_ready(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = await desk.client()
    assert (await guest.get("/ready")).json() == {"status": "ready"}
    await desk.house.database.pool.close()
    _problem(await guest.get("/ready"), 503, "unavailable")
    assert (await guest.get("/health")).json() == {"status": "alive"}


async def test_every_answer_has_its_headers(desk: Desk) -> None:
    guest = await desk.client()
    for method, path, status in (
        ("GET", "/health", 200),
        ("GET", "/nothing", 404),
        ("GET", "/docs", 200),
        ("GET", "/v1/me", 401),
        ("GET", "/v1/me/", 401),
        ("POST", "/v1/gifts", 401),
        ("POST", "/v1/gifts/", 401),
        ("OPTIONS", "/v1/gifts", 403),
        ("HEAD", "/v1/gifts", 405),
    ):
        answer = await guest.request(method, path)
        assert answer.status_code == status, (method, path)
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


async def test_a_request_names_one_host(desk: Desk) -> None:
    guest = await desk.client()
    for hosts, status in ((["a.example"], 200), (["a.example", "a.example"], 400), (["a.example", "b.example"], 400)):
        headers = httpx2.Headers([("Host", host) for host in hosts])
        assert (await guest.get("/health", headers=headers)).status_code == status, hosts
    asked = guest.build_request("GET", "/health")
    del asked.headers["Host"]
    assert (await guest.send(asked)).json()["field"] == "header.host"


async def test_by_https_nothing_goes_back_to_http(database_url: str, clock: ManualClock) -> None:
    settings = Settings(public_url="https://plaudit.example")
    async with open_desk(database_url, clock, settings) as secure:
        headers = (await (await secure.client()).get("/v1/me")).headers
        assert headers["strict-transport-security"] == "max-age=31536000"


async def test_head_answers_as_get_does_without_a_body(desk: Desk) -> None:
    guest = await desk.client()
    for path, status in (("/", 200), ("/health", 200), ("/docs", 200), ("/nothing", 404), ("/v1/me", 401)):
        head, get = await guest.head(path), await guest.get(path)
        assert (head.status_code, head.content) == (status, b""), path
        assert (get.status_code, len(get.content) > 0) == (status, True), path
        assert head.headers["content-type"] == get.headers["content-type"]


class TestStaticFiles:
    async def test_an_address_with_the_version_is_kept_for_ever(self, desk: Desk) -> None:
        from plaudit.web.templating import static

        guest = await desk.client({"Accept-Encoding": "gzip"})
        answer = await guest.get(static("vendor/htmx/htmx.min.js"))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = await guest.get("/static/vendor/htmx/htmx.min.js", headers={"Accept-Encoding": "identity"})
        assert plain.content == answer.content
        assert len(gzip.compress(plain.content)) < len(plain.content)
        assert plain.headers["cache-control"] == "no-cache"
        again = await guest.get("/static/vendor/htmx/htmx.min.js", headers={"If-None-Match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize("path", ["../templating.py", "%2e%2e/templating.py", "..%2f..%2fdb.py", "", "css", "%00"])
    async def test_nothing_else_of_the_package_is_served(self, desk: Desk, path: str) -> None:
        answer = await (await desk.client()).get(f"/static/{path}")
        assert answer.status_code == 404


class TestDescription:
    async def test_it_is_served_with_a_page_to_read_it(self, desk: Desk) -> None:
        guest = await desk.client()
        document = (await guest.get("/v1/openapi.json")).json()
        assert document["openapi"] == "3.1.0"
        page = (await guest.get("/docs")).text
        assert "//" not in page.replace("<!doctype", "").replace("</", "<")

    def test_every_operation_has_a_name_of_its_own_and_words(self) -> None:
        document = describe(framework(), "http://plaudit.test")
        found = [operation for path in document["paths"].values() for operation in path.values()]
        names = {operation["operationId"] for operation in found}
        assert "SendGift" in names
        assert len(names) == len(found)
        assert [operation["operationId"] for operation in found if not operation.get("summary")] == []
        assert [operation["operationId"] for operation in found if not operation.get("tags")] == []

    def test_every_request_body_refuses_unknown_fields(self) -> None:
        document = describe(framework(), "http://plaudit.test")
        schemas = document["components"]["schemas"]
        contents = [
            operation["requestBody"]["content"]
            for path in document["paths"].values()
            for operation in path.values()
            if "requestBody" in operation
        ]
        bodies = [content["application/json"]["schema"] for content in contents if "application/json" in content]
        forms = [content for content in contents if "application/json" not in content]
        assert [[*form] for form in forms] == [["application/x-www-form-urlencoded"]], "a wallet's proof of age"
        names = [body["$ref"].rpartition("/")[2] for body in bodies if "$ref" in body]
        assert "GiftRequest" in names
        assert [name for name in names if schemas[name].get("additionalProperties") is not False] == []
        assert b"9999.0" not in msgspec.json.encode(document)


async def test_pages_carry_the_brand_of_the_installation(desk: Desk) -> None:
    settings = replace(desk.house.settings, brand_name="Acme Live", brand_colour="#1a73e8")
    acme = replace(desk.house, settings=settings)
    guest = await replace(desk, house=acme, app=create_app(acme)).client({"accept": "text/html"})
    text = (await guest.get("/")).text
    assert "<title>Live now · Acme Live</title>" in text
    assert '<span class="brand-name">Acme Live</span>' in text
    brand = brand_of(settings)
    assert brand.sheet
    for file in (brand.logo, brand.icon, brand.sheet):
        assert f'"{file.address}"' in text
        answer = await guest.get(file.address)
        assert (answer.content, answer.headers["content-type"].split(";")[0]) == (file.content, file.media_type)
        assert "immutable" in answer.headers["cache-control"]
    icon = await guest.get("/favicon.ico")
    assert (icon.status_code, icon.content, icon.headers["content-type"]) == (200, brand.icon.content, "image/svg+xml")
    assert (await guest.get("/brand/other.svg")).status_code == 404
    assert "· Acme Live</title>" in (await guest.get("/nothing")).text
    own = (await (await desk.client({"accept": "text/html"})).get("/")).text
    assert "<title>Live now · Plaudit</title>" in own


async def test_a_problem_does_not_ask_somebody_signed_in_to_sign_in(desk: Desk) -> None:
    guest = await desk.client({"accept": "text/html"})
    assert ">Sign in</a>" in (await guest.get("/nothing")).text
    ada = await desk.client({"accept": "text/html", "cookie": f"{SESSION_COOKIE}={desk.token('ada')}"})
    assert ">Sign in<" not in (await ada.get("/nothing")).text
