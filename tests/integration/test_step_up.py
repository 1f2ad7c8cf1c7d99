"""What moves money asks people for a recent sign-in, and servers' keys for a scope of its own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.limits import STEP_UP_MAX_AGE_S, STEP_UP_PAYOUT_DIAMONDS
from plaudit.people.model import Role, Scope
from tests.integration.test_payouts import Studio, open_studio

LATER = timedelta(seconds=STEP_UP_MAX_AGE_S + 1)
OPERATORS: dict[str, Any] = {"one_operator": False}

pytestmark = pytest.mark.unsold


def refusal(answer: httpx2.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def stale(studio: Studio, subject: str, *roles: Role) -> httpx2.AsyncClient:
    """Somebody who signed in long ago, and whose token is still good."""
    desk, clock = studio.shop.desk, studio.shop.clock
    token = desk.issuer.mint(subject, roles, clock, lifetime=2 * LATER)
    return await desk.client({"Authorization": f"Bearer {token}"})


async def test_a_creator_is_asked_where_they_say_where_they_are_paid_and_for_much(
    database_url: str, tmp_path: Path
) -> None:
    async with open_studio(database_url, tmp_path) as studio:
        await studio.earn(2 * STEP_UP_PAYOUT_DIAMONDS + 1)
        old = await stale(studio, "ada", Role.VIEWER, Role.CREATOR)
        method_id = await studio.method()
        studio.shop.clock.advance(LATER)
        account = {
            "id": studio.id(), "holder_name": "Ada", "country": "US", "currency": "USD", "bank_code": "021000021",
            "account_number": "000123451234",
        }  # fmt: skip
        assert refusal(await old.post("/v1/payout-methods", json=account)) == (401, "step_up_required")
        outcomes = {}
        for diamonds in (STEP_UP_PAYOUT_DIAMONDS, STEP_UP_PAYOUT_DIAMONDS + 1):
            asked = {"id": studio.id(), "diamonds": diamonds, "method_id": method_id}
            assert (await old.post("/v1/payout-quotes", json=asked)).status_code == 201
            wish = {"id": studio.id(), "quote_id": asked["id"]}
            outcomes[diamonds] = (await old.post("/v1/payouts", json=wish)).status_code
            if outcomes[diamonds] == 401:
                recent = await studio.shop.desk.person("ada", Role.VIEWER, Role.CREATOR)
                assert (await recent.post("/v1/payouts", json=wish)).status_code == 201
        assert list(outcomes.values()) == [201, 401]


async def test_an_operator_is_asked_before_they_agree(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path) as studio:
        some = new_id(studio.shop.clock)
        old = await stale(studio, "olga", Role.OPERATOR)
        rate = {"currency": "CHF", "numerator": 1, "denominator": 2, "note": "of the test"}
        assert refusal(await old.post(f"/v1/payouts/{some}/approve"))[0] == 404
        studio.shop.clock.advance(LATER)
        seen = {"content_sha256": "0" * 64}
        for address, body in (
            (f"/v1/payouts/{some}/approve", None),
            (f"/v1/decisions/{some}/confirm", seen),
            ("/v1/payout-rates", rate),  # one operator decides here: what is proposed is confirmed
        ):
            assert refusal(await old.post(address, json=body)) == (401, "step_up_required"), address
        assert (await old.get("/v1/operator/payouts")).status_code == 200
        reason = {"reason": "of the test"}
        assert refusal(await old.post(f"/v1/payouts/{some}/refuse", json=reason))[0] == 404, "to say no asks nothing"


async def test_a_proposal_that_another_confirms_asks_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, **OPERATORS) as studio:
        old = await stale(studio, "olga", Role.OPERATOR)
        studio.shop.clock.advance(LATER)
        rate = {"currency": "CHF", "numerator": 1, "denominator": 2, "note": "of the test"}
        assert (await old.post("/v1/payout-rates", json=rate)).status_code != 401


async def test_a_token_that_does_not_say_when_does_not_do(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path) as studio:
        for said in ("", "soon"):
            token = studio.shop.desk.token("ada", Role.CREATOR, auth_time=said)
            untold = await studio.shop.desk.client({"Authorization": f"Bearer {token}"})
            assert (await untold.get("/v1/payout-methods")).status_code == 200
            answer = await untold.post("/v1/payout-methods", json={})
            assert refusal(answer) == (401, "step_up_required")


async def test_it_need_not_be_asked(database_url: str, tmp_path: Path) -> None:
    async with open_studio(database_url, tmp_path, step_up_max_age_s=0) as studio:
        old = await stale(studio, "ada", Role.CREATOR)
        studio.shop.clock.advance(LATER)
        assert (await old.post("/v1/payout-methods", json={})).status_code == 400


async def test_a_key_needs_a_scope_for_it(database_url: str, tmp_path: Path) -> None:
    """Whoever has the key of a platform's server is not thereby everybody who signed in just now."""
    async with open_studio(database_url, tmp_path) as studio:
        for scopes, status in (({Scope.METHODS}, 403), ({Scope.METHODS, Scope.STEP_UP}, 400)):
            key = await studio.shop.desk.server_key(f"of {len(scopes)}", scopes=scopes)
            server = await studio.shop.desk.client({"Authorization": f"Bearer {key}", "Plaudit-Subject": "ada"})
            answer = await server.post("/v1/payout-methods", json={})
            assert answer.status_code == status, answer.text
            assert status == 400 or answer.json()["needed"] == "step-up"
