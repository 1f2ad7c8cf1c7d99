"""The catalogue as operators change it over HTTP: versions, conflicts between two of them, pictures."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.people.model import Role
from tests.support.art import LOTTIE, MOVING_SVG, SVG, moving, pixels
from tests.support.live import ROSE, Platform, open_platform

TACO: dict[str, Any] = {
    "seen_version": 0, "sku": "taco", "name": "Taco", "coins": 7, "category": "everyday", "art": "art/gifts/rose.svg",
    "size": "small", "combo": True, "animation": "pop", "duration_ms": 2_000, "sort": 5,
}  # fmt: skip
ITEMS = "/v1/operator/catalogue"


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def operator(platform: Platform) -> httpx2.AsyncClient:
    return await platform.client(platform.token("tove", Role.VIEWER, Role.OPERATOR))


async def test_an_item_is_added_changed_and_retired(
    platform: Platform, operator: httpx2.AsyncClient, clock: ManualClock
) -> None:
    added = await operator.put(f"{ITEMS}/900", json=TACO)
    assert (added.status_code, added.json()["state"], added.json()["newest"]) == (200, "offered", 1)
    assert (await operator.put(f"{ITEMS}/900", json=TACO)).json() == added.json(), "said twice, done once"
    begins = (clock.now() + timedelta(days=1)).isoformat()
    changed = await operator.put(f"{ITEMS}/900", json=TACO | {"seen_version": 1, "coins": 8, "begins": begins})
    assert (changed.json()["current"]["coins"], changed.json()["next"]["coins"]) == (7, 8)
    late = await operator.put(f"{ITEMS}/900", json=TACO | {"seen_version": 1, "coins": 9})
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "version_gone", 2)
    retired = await operator.post(f"{ITEMS}/900/retire", json={"seen_version": 2})
    assert (retired.json()["state"], retired.json()["next"]) == ("retired", None)
    versions = (await operator.get(f"{ITEMS}/900/versions")).json()["items"]
    assert [(one["version"], one["coins"]) for one in versions] == [(1, 7)]
    assert versions[0]["changed_by"] == (await operator.get("/v1/me")).json()["id"]
    listed = (await operator.get(ITEMS)).json()
    assert listed["items"][-1]["id"] == 900
    assert "itself" in listed["animations"]["large"]


async def test_the_tray_is_put_in_order(operator: httpx2.AsyncClient) -> None:
    ids = [item["id"] for item in (await operator.get(ITEMS)).json()["items"]]
    assert (await operator.put(f"{ITEMS}/order", json={"item_ids": ids[::-1]})).json()["changed"] > 0
    assert (await operator.put(f"{ITEMS}/order", json={"item_ids": ids[::-1]})).json() == {"changed": 0}
    assert [item["id"] for item in (await operator.get("/v1/catalogue")).json()["items"]] == ids[::-1]
    twice = await operator.put(f"{ITEMS}/order", json={"item_ids": [ids[0], ids[0]]})
    assert (twice.status_code, twice.json()["field"]) == (400, "body.item_ids")
    unknown = await operator.put(f"{ITEMS}/order", json={"item_ids": [54_321]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "item_unknown")


async def test_the_starter_set_is_added_to_ones_own(operator: httpx2.AsyncClient) -> None:
    await operator.put(f"{ITEMS}/900", json=TACO)
    await operator.post(f"{ITEMS}/{ROSE}/retire", json={"seen_version": 1})
    assert (await operator.post(f"{ITEMS}/starter")).json() == {"changed": 1}
    assert (await operator.post(f"{ITEMS}/starter")).json() == {"changed": 0}
    offered = {item["id"] for item in (await operator.get("/v1/catalogue")).json()["items"]}
    assert {ROSE, 900} <= offered


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"animation": "nosuch"}, "item.animation", "must be one of sway"),
        ({"animation": "burst"}, "item.animation", "must be one of sway"),
        ({"size": "large", "animation": "sway"}, "item.animation", "must be one of burst"),
        ({"animation": "itself"}, "item.animation", "needs art that moves"),
        ({"art": "https://media.example/taco.svg"}, "item.art", "which PLAUDIT_MEDIA_ORIGINS does not name"),
        ({"art": "//media.example/taco.svg"}, "item.art", "names no drawing that ships"),
        ({"names": {"xx-nowhere": "Taco"}}, "item.names.xx-nowhere", "is not a language"),
        ({"regions": ["EU"]}, "item.regions", "EU, which is not a country"),
        ({"art": ""}, "item.art", "is empty"),
        ({"art": "art/gifts/nosuch.svg"}, "item.art", "names no drawing that ships"),
        ({"art": "../../settings.py"}, "item.art", "names no drawing that ships"),
        ({"art": "/art/" + "0" * 64 + ".svg"}, "item.art", "was not uploaded"),
        ({"still": "https://media.example/taco.png"}, "item.still", "which PLAUDIT_MEDIA_ORIGINS does not name"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_place(
    operator: httpx2.AsyncClient, changed: dict[str, Any], place: str, words: str
) -> None:
    refused = await operator.put(f"{ITEMS}/900", json=TACO | changed)
    assert (refused.status_code, refused.json()["code"]) == (422, "catalogue_refused")
    assert [finding["place"] for finding in refused.json()["findings"]] == [place]
    assert words in refused.json()["detail"]


async def test_nobody_else_changes_the_catalogue(platform: Platform) -> None:
    for client, status in ((await platform.client(), 401), (await platform.creator("cleo"), 403)):
        assert (await client.get(ITEMS)).status_code == status
        assert (await client.put(f"{ITEMS}/900", json=TACO)).status_code == status
        assert (await client.post("/v1/operator/art", content=SVG)).status_code == status


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (SVG, "image/svg+xml", (10, 20)),
        (pixels("PNG"), "image/png", (8, 6)),
        (pixels("WEBP", lossless=True), "image/webp", (8, 6)),
        (LOTTIE, "application/json", (200, 100)),
    ],
)
async def test_a_picture_is_kept_and_shown(
    platform: Platform, operator: httpx2.AsyncClient, content: bytes, kind: str, size: tuple[int, int]
) -> None:
    kept = (await operator.post("/v1/operator/art", content=content)).json()
    assert (kept["width"], kept["height"]) == size
    assert (await operator.post("/v1/operator/art", content=content)).json() == kept
    guest = await platform.client()
    shown = await guest.get(kept["address"])
    assert (shown.status_code, shown.headers["content-type"].split(";")[0]) == (200, kind)
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "immutable" in shown.headers["cache-control"]
    assert (kept["bytes"], kept["moves"]) == (len(shown.content), content is LOTTIE)


async def test_art_that_moves_has_a_still_picture_beside_it(platform: Platform, operator: httpx2.AsyncClient) -> None:
    still = (await operator.post("/v1/operator/art", content=pixels("PNG"))).json()
    assert (still["moves"], still["duration_ms"]) == (False, None)
    for newest, (content, duration_ms) in enumerate(((LOTTIE, 2_000), (moving("WEBP"), 160), (MOVING_SVG, None))):
        art = (await operator.post("/v1/operator/art", content=content)).json()
        assert (art["moves"], art["duration_ms"]) == (True, duration_ms)
        itself = TACO | {"seen_version": newest, "art": art["address"], "animation": "itself"}
        for wrong, place in (
            (itself, "item.still"),
            (itself | {"animation": "pop"}, "item.still"),
            (itself | {"still": art["address"]}, "item.still"),
            (itself | {"art": still["address"]}, "item.animation"),
        ):
            refused = await operator.put(f"{ITEMS}/900", json=wrong)
            assert [finding["place"] for finding in refused.json()["findings"]] == [place]
        assert (await operator.put(f"{ITEMS}/900", json=itself | {"still": still["address"]})).is_success
        offered = (await (await platform.client()).get("/v1/catalogue")).json()["items"]
        item = next(item for item in offered if item["id"] == 900)
        shown = still["address"] if content is LOTTIE else art["address"]
        assert (item["motion"], item["still"], item["art"]) == (art["address"], still["address"], shown)


async def test_nothing_acts_in_a_picture_that_is_kept(operator: httpx2.AsyncClient) -> None:
    hostile = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"><script>alert(2)</script>'
        b'<a href="javascript:alert(3)"><rect width="5" height="5"/></a><foreignObject><body onload="alert(4)"/>'
        b"</foreignObject></svg>"
    )
    kept = (await operator.post("/v1/operator/art", content=hostile)).json()
    assert kept["script_removed"]
    assert not (await operator.post("/v1/operator/art", content=SVG)).json()["script_removed"]
    shown = (await operator.get(kept["address"])).text
    assert "<rect" in shown
    assert "alert" not in shown
    assert "script" not in shown


async def test_what_cannot_be_a_picture_is_refused(operator: httpx2.AsyncClient) -> None:
    refused = await operator.post("/v1/operator/art", content=b"<html><body>")
    assert (refused.status_code, refused.json()["code"]) == (422, "art_not_usable")
    assert "is no SVG that can be read" in refused.json()["reason"]


async def test_a_picture_that_is_not_there(platform: Platform) -> None:
    guest = await platform.client()
    for name in ("nosuch.svg", "0" * 64 + ".svg", "%00"):
        assert (await guest.get(f"/art/{name}")).status_code in {400, 404}
