"""A file as somebody uploads it to be the look of an item: told by what is in it, made safe, measured."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import msgspec
from PIL import Image, ImageSequence, UnidentifiedImageError
from py_svg_hush import filter_svg

from plaudit.limits import ART_BYTES_MAX, ART_PIXELS_MAX, ART_SIDE_MAX, ITEM_DURATION_MS_MAX, LOTTIE_DEPTH_MAX
from plaudit.problems import Problem

UPLOADED = "/art/"
"""Uploaded pictures are named by this and their name."""
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp", "json": "application/json"}
Kind = Literal["svg", "png", "webp", "json"]

_PIXELS = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]+)?)\s*(?:px)?\s*")
_SVG_OPENING = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)
_LOTTIE_NUMBER_MAX = 10**9
_SVG_SCRIPT = re.compile(rb"<(?:[\w.-]+:)?script\b|\son\w+\s*=|javascript:", re.IGNORECASE)
_SVG_MOTION = re.compile(rb"<(?:animate\w*|set)\b|@keyframes", re.IGNORECASE)


class ArtNotUsable(Problem):
    """`reason` says why a file cannot be the picture of an item."""

    code: ClassVar[str] = "art_not_usable"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This file cannot be the picture of an item."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file {reason}.", reason=reason)


class Art(msgspec.Struct, frozen=True):
    """A picture that is safe to show, named by what is in it."""

    name: str
    content: bytes
    width: int
    height: int
    moves: bool = False
    duration_ms: int | None = None
    """Once through what moves; None: it stands still, or a drawing does not say."""
    script_removed: bool = False

    @property
    def address(self) -> str:
        return UPLOADED + self.name


class _Measured(msgspec.Struct, frozen=True):
    """A file as it is kept, and what was found in it."""

    content: bytes
    width: int
    height: int
    moves: bool = False
    duration_ms: int | None = None
    script_removed: bool = False


def read_art(content: bytes) -> Art:
    """A file as somebody uploads it, without what could act.

    Raises:
        ArtNotUsable: it is none that a page can show, or too large, or too long.
    """
    _require_size(content)
    kind = _kind_of(content)
    if kind == "svg":
        found = _read_svg(content)
    elif kind == "json":
        found = _read_lottie(content)
    else:
        found = _read_pixels(content, kind)
    sides = (found.width, found.height)
    if not all(1 <= side <= ART_SIDE_MAX for side in sides):
        raise ArtNotUsable(f"is {sides[0]} by {sides[1]}: a side has 1 to {ART_SIDE_MAX} pixels")
    _require_size(found.content)
    if (found.duration_ms or 0) > ITEM_DURATION_MS_MAX:
        raise ArtNotUsable(f"plays for {found.duration_ms} ms, longer than {ITEM_DURATION_MS_MAX}")
    name = f"{hashlib.sha256(found.content).hexdigest()}.{kind}"
    return Art(name, found.content, *sides, found.moves, found.duration_ms, found.script_removed)


def _require_size(content: bytes) -> None:
    if len(content) > ART_BYTES_MAX:
        raise ArtNotUsable(f"is larger than {ART_BYTES_MAX / 1_000_000:g} MB")


def is_lottie(address: str) -> bool:
    """Whether what an item names is played by the player of Lottie files, and is no picture."""
    return urlsplit(address).path.endswith(".json")


def _kind_of(content: bytes) -> Kind:
    start = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if start.startswith(b"{"):
        return "json"
    if start.startswith(b"<"):
        return "svg"
    raise ArtNotUsable("is no SVG, PNG, WebP or Lottie file")


def _read_svg(content: bytes) -> _Measured:
    """Without script, links, foreign content and entities. No picture of another address is loaded: pages show it as
    an image, and it is served with a policy that forbids everything."""
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        raise ArtNotUsable("declares entities, which a picture does not need")
    try:
        safe: bytes = filter_svg(content, {})
    except ValueError as error:
        raise ArtNotUsable(f"is no SVG that can be read: {error}") from None
    moves, had_script = _SVG_MOTION.search(safe) is not None, _SVG_SCRIPT.search(content) is not None
    return _Measured(safe, *_size_of_svg(safe), moves=moves, script_removed=had_script)


def _size_of_svg(content: bytes) -> tuple[int, int]:
    opening = _SVG_OPENING.search(content)
    if opening is None:
        raise ArtNotUsable("has no svg element")
    attributes = dict(re.findall(r'([a-zA-Z]+)\s*=\s*"([^"]*)"', opening.group().decode("utf-8", "replace")))
    box = attributes.get("viewBox", "").replace(",", " ").split()
    sides = box[2:4] if len(box) == 4 else [attributes.get("width", ""), attributes.get("height", "")]
    found = [_PIXELS.fullmatch(side) for side in sides]
    if len(found) != 2 or not all(found):
        raise ArtNotUsable("has neither a viewBox nor a width and a height")
    width, height = (max(1, round(float(match[1]))) for match in found if match)
    return width, height


def _read_pixels(content: bytes, kind: Kind) -> _Measured:
    """Decoded once to see that it is whole. Metadata is dropped from a still; what moves is kept as it came."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as image:
            if image.width * image.height * getattr(image, "n_frames", 1) > ART_PIXELS_MAX:
                raise ArtNotUsable(f"has more than {ART_PIXELS_MAX} pixels")
            if getattr(image, "is_animated", False):
                return _Measured(content, image.width, image.height, moves=True, duration_ms=_length_of(image))
            image.load()
            kept = io.BytesIO()
            image.info = {}
            image.save(kept, format=kind.upper(), **({"lossless": True} if kind == "webp" else {"optimize": True}))
            return _Measured(kept.getvalue(), image.width, image.height)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ArtNotUsable(f"cannot be read: {error}") from None


def _length_of(image: Image.Image) -> int:
    """How long all pictures of an animation take, in ms."""
    length_ms = 0.0
    for picture in ImageSequence.Iterator(image):
        picture.load()
        length_ms += picture.info.get("duration", 0)
    return round(length_ms)


def _read_lottie(content: bytes) -> _Measured:
    try:
        document = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ArtNotUsable(f"is no Lottie file: {error}") from None
    numbers = [document.get(name) for name in ("w", "h", "fr", "ip", "op")]
    if not isinstance(document.get("layers"), list) or not all(_is_number(one) for one in numbers):
        raise ArtNotUsable("is no Lottie file: it has no layers, no size, or no length")
    width, height, rate, first, last = numbers
    if rate <= 0 or last <= first:
        raise ArtNotUsable("is a Lottie file without any length")
    for place in _what_acts(document):
        raise ArtNotUsable(f"has {place}, which is not played")
    duration_ms = max(1, round((last - first) / rate * 1000))
    return _Measured(content, round(width), round(height), moves=True, duration_ms=duration_ms)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < _LOTTIE_NUMBER_MAX


def _what_acts(node: Any, depth: int = 0) -> Iterator[str]:
    """Expressions (script in `x`), and pictures and fonts of other addresses."""
    if depth > LOTTIE_DEPTH_MAX:
        yield f"more than {LOTTIE_DEPTH_MAX} levels"
    elif isinstance(node, dict):
        if isinstance(node.get("x"), str):
            yield "an expression"
        if node.get("fPath"):
            yield "a font of another address"
        picture = node.get("p")
        if (
            isinstance(picture, str)
            and "layers" not in node
            and ("u" in node or "e" in node)
            and not picture.startswith("data:image/")
        ):
            yield "a picture of another address"
        for value in node.values():
            yield from _what_acts(value, depth + 1)
    elif isinstance(node, list):
        for value in node:
            yield from _what_acts(value, depth + 1)
