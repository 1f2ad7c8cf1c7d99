"""The catalogue as operators change it over HTTP: versions, conflicts between two of them, pictures."""

import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from PIL import Image

from plaudit.clock import ManualClock
from plaudit.limits import ART_BYTES_MAX
from plaudit.people.model import Role
from tests.support.live import ROSE, Platform, open_platform

TACO: dict[str, Any] = {
    "seen_version": 0, "sku": "taco", "name": "Taco", "coins": 7, "category": "everyday", "art": "art/gifts/rose.svg",
    "size": "small", "combo": True, "animation": "pop", "duration_ms": 2_000, "sort": 5,
}  # fmt: skip
ITEMS = "/v1/operator/catalogue"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10.4 20"><rect width="5" height="5"/></svg>'


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
        ({"animation": "itself"}, "item.animation", "must be one of sway"),
        ({"size": "large", "animation": "itself"}, "item.animation", "needs art that moves"),
        ({"names": {"xx-nowhere": "Taco"}}, "item.names.xx-nowhere", "is not a language"),
        ({"regions": ["EU"]}, "item.regions", "EU is not a country"),
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


def _pixels(kind: str, **options: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGBA", (8, 6), (200, 20, 20, 255)).save(kept, format=kind, **options)
    return kept.getvalue()


LOTTIE = json.dumps({"v": "5.7.0", "w": 200, "h": 100, "fr": 30, "ip": 0, "op": 60, "layers": []}).encode()


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (SVG, "image/svg+xml", (10, 20)),
        (_pixels("PNG"), "image/png", (8, 6)),
        (_pixels("WEBP", lossless=True), "image/webp", (8, 6)),
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
    assert (
        await operator.put(f"{ITEMS}/900", json=TACO | {"art": kept["address"], "still": "art/gifts/rose.svg"})
    ).is_success
    offered = (await guest.get("/v1/catalogue")).json()["items"]
    assert next(item for item in offered if item["id"] == 900)["art"] == kept["address"]


async def test_nothing_acts_in_a_picture_that_is_kept(operator: httpx2.AsyncClient) -> None:
    hostile = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"><script>alert(2)</script>'
        b'<a href="javascript:alert(3)"><rect width="5" height="5"/></a><foreignObject><body onload="alert(4)"/>'
        b"</foreignObject></svg>"
    )
    kept = (await operator.post("/v1/operator/art", content=hostile)).json()
    shown = (await operator.get(kept["address"])).text
    assert "<rect" in shown
    assert "alert" not in shown
    assert "script" not in shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no SVG, PNG, WebP or Lottie file"),
        (b"GIF89a" + b"\0" * 20, "is no SVG, PNG, WebP or Lottie file"),
        (b"<html><body>", "is no SVG that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>", "has neither a viewBox nor a width and a height"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "declares entities"),
        (SVG.replace(b"10.4 20", b"99999 1"), "is 99999 by 1"),
        (_pixels("PNG")[:50], "cannot be read"),
        (b'{"w": 1, "h": 1}', "it has no layers"),
        (b'{"w": 1', "is no Lottie file"),
        (LOTTIE.replace(b'"layers": []', b'"layers": [{"ks": {"r": {"x": "alert(1)"}}}]'), "has an expression"),
        (
            LOTTIE.replace(b'"layers"', b'"assets": [{"id": "a", "u": "http://x/", "p": "a.png", "e": 0}], "layers"'),
            "has a picture of another address",
        ),
        (b"<svg" + b" " * ART_BYTES_MAX, "is larger than"),
    ],
)
async def test_what_cannot_be_a_picture(operator: httpx2.AsyncClient, content: bytes, words: str) -> None:
    refused = await operator.post("/v1/operator/art", content=content)
    assert (refused.status_code, refused.json()["code"]) == (422, "art_not_usable")
    assert words in refused.json()["reason"]


async def test_a_picture_that_is_not_there(platform: Platform) -> None:
    guest = await platform.client()
    for name in ("nosuch.svg", "0" * 64 + ".svg", "%00"):
        assert (await guest.get(f"/art/{name}")).status_code in {400, 404}
