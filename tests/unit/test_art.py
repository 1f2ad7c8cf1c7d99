"""What may be the picture of an item: told by what is in it, and measured."""

import pytest

from plaudit.gifts.catalogue.art import ArtNotUsable, read_art
from plaudit.limits import ART_BYTES_MAX
from tests.support.art import LOTTIE, MOVING_SVG, SVG, moving, pixels


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no SVG, PNG, WebP or Lottie file"),
        (b"GIF89a" + b"\0" * 20, "is no SVG, PNG, WebP or Lottie file"),
        (b"<html><body>", "is no SVG that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>", "has neither a viewBox nor a width and a height"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "declares entities"),
        (SVG.replace(b"10.4 20", b"99999 1"), "is 99999 by 1"),
        (pixels("PNG")[:50], "cannot be read"),
        (b'{"w": 1, "h": 1}', "it has no layers, no size, or no length"),
        (b'{"w": 1', "is no Lottie file"),
        (LOTTIE.replace(b'"op": 60', b'"op": 0'), "without any length"),
        (LOTTIE.replace(b'"op": 60', b'"op": NaN'), "NaN is no number"),
        (LOTTIE.replace(b'"op": 60', b'"op": 1e999'), "no length"),
        (LOTTIE.replace(b'"op": 60', b'"op": 3000'), "plays for 100000 ms, longer than 60000"),
        (LOTTIE.replace(b'"layers"', b'"fonts": {"list": [{"fPath": "/x.js", "origin": 2}]}, "layers"'), "has a font"),
        (moving("WEBP", duration=40_000), "plays for 80000 ms"),
        (LOTTIE.replace(b'"layers": []', b'"layers": [{"ks": {"r": {"x": "alert(1)"}}}]'), "has an expression"),
        (
            LOTTIE.replace(b'"layers"', b'"assets": [{"id": "a", "u": "http://x/", "p": "a.png", "e": 0}], "layers"'),
            "has a picture of another address",
        ),
        (b"<svg" + b" " * ART_BYTES_MAX, "is larger than"),
    ],
)
def test_what_cannot_be_a_picture(content: bytes, words: str) -> None:
    with pytest.raises(ArtNotUsable) as refused:
        read_art(content)
    assert words in refused.value.fields["reason"]


@pytest.mark.parametrize(
    ("content", "kind", "size", "duration_ms"),
    [
        (SVG, "svg", (10, 20), None),
        (MOVING_SVG, "svg", (10, 20), None),
        (pixels("PNG"), "png", (8, 6), None),
        (moving("PNG"), "png", (8, 6), 160),
        (moving("WEBP"), "webp", (8, 6), 160),
        (LOTTIE, "json", (200, 100), 2_000),
    ],
)
def test_what_can_be_one_is_measured(content: bytes, kind: str, size: tuple[int, int], duration_ms: int | None) -> None:
    art = read_art(content)
    assert (art.name.partition(".")[2], (art.width, art.height)) == (kind, size)
    assert (art.moves, art.duration_ms) == (content not in (SVG, pixels("PNG")), duration_ms)
