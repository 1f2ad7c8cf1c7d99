"""Operators at the price desk: people who are signed in through all days of a test, and drafts of price books."""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any

import httpx2

from plaudit.ids import new_id
from plaudit.people.model import Role
from tests.support.shop import Shop

DAY = timedelta(days=1)


async def person(shop: Shop, subject: str, *roles: Role, **claims: str) -> httpx2.AsyncClient:
    """Somebody who signs in again whenever they ask, however many days have passed: what one operator decides alone
    asks for a recent sign-in."""
    client = await shop.desk.client()
    client.auth = _SigningIn(lambda: shop.desk.token(subject, *roles, **claims))
    return client


class _SigningIn(httpx2.Auth):
    """A token for each request."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token()}"
        yield request


async def draft(shop: Shop, operator: httpx2.AsyncClient, *changes: tuple[str, str], **asked: object) -> dict[str, Any]:
    """A draft of what holds, with changes to its text."""
    answer = await operator.post(
        "/v1/price-book-drafts", json={"id": str(new_id(shop.clock)), "name": "Winter", **asked}
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    if not changes:
        return made
    text = made["toml"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    body = {"name": "Winter", "toml": text, "revision": made["revision"]}
    answer = await operator.put(f"/v1/price-book-drafts/{made['id']}", json=body)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed
