"""Operators at the price desk: people whose tokens outlive the days of a test, and drafts of price books."""

from datetime import timedelta
from typing import Any

import httpx2

from plaudit.ids import new_id
from plaudit.people.model import Role
from tests.support.shop import Shop

DAY = timedelta(days=1)


async def person(shop: Shop, subject: str, *roles: Role, **claims: str) -> httpx2.AsyncClient:
    """Somebody whose token outlives the days of a test."""
    if "-" in claims.get("locale", ""):
        claims.setdefault("country", claims["locale"].rpartition("-")[2])
    token = shop.desk.issuer.mint(subject, roles or (Role.VIEWER,), shop.clock, lifetime=30 * DAY, claims=claims)
    return await shop.desk.client({"Authorization": f"Bearer {token}"})


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
