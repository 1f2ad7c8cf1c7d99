"""Pictures of items: what ships with Plaudit, what was uploaded and made safe, what the operator hosts."""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import msgspec
from PIL import Image, UnidentifiedImageError
from py_svg_hush import filter_svg

from plaudit.clock import Clock
from plaudit.db import Connection, statements
from plaudit.gifts.catalogue.entry import Details, Finding
from plaudit.limits import ART_BYTES_MAX, ART_PIXELS_MAX, ART_SIDE_MAX, LOTTIE_DEPTH_MAX
from plaudit.problems import Problem
from plaudit.settings import Settings

SQL = statements(__file__)

SHIPPED = Path(__file__).parents[2] / "web" / "static"
"""Drawings that come with Plaudit are named by their path below this folder."""
UPLOADED = "/art/"
"""Uploaded ones by this and their name."""
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "webp": "image/webp", "json": "application/json"}
Kind = Literal["svg", "png", "webp", "json"]

_PIXELS = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]+)?)\s*(?:px)?\s*")
_SVG_OPENING = re.compile(rb"<svg\b[^>]*>", re.IGNORECASE)


def picture_address(named: str) -> str:
    """Where a picture is, by how an item names it."""
    return named if named.startswith("/") or "://" in named else f"/static/{named}"


class ArtNotUsable(Problem):
    """`reason` says why a file cannot be the picture of an item."""

    code: ClassVar[str] = "art_not_usable"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "This file cannot be the picture of an item."

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file {reason}.", reason=reason)


class Art(msgspec.Struct, frozen=True):
    """A picture that is safe to show, named by what is in it."""

    name: str
    content: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        return UPLOADED + self.name


def read_art(content: bytes) -> Art:
    """A file as somebody uploads it: SVG, PNG, WebP or Lottie, told by what is in it, without what could act.

    Raises:
        ArtNotUsable: it is none of these, or too large.
    """
    if len(content) > ART_BYTES_MAX:
        raise ArtNotUsable(f"is larger than {ART_BYTES_MAX} bytes")
    kind = _kind_of(content)
    if kind == "svg":
        content = _safe_svg(content)
        width, height = _size_of_svg(content)
    elif kind == "json":
        width, height = _size_of_lottie(content)
    else:
        content, width, height = _safe_pixels(content, kind)
    if not (1 <= width <= ART_SIDE_MAX and 1 <= height <= ART_SIDE_MAX) or len(content) > ART_BYTES_MAX:
        raise ArtNotUsable(f"is {width} by {height}, more than {ART_SIDE_MAX} or {ART_BYTES_MAX} bytes")
    return Art(f"{hashlib.sha256(content).hexdigest()}.{kind}", content, width, height)


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


def _safe_svg(content: bytes) -> bytes:
    """Without script, links, foreign content and entities. No picture of another address is loaded: pages show it as
    an image, and it is served with a policy that forbids everything."""
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        raise ArtNotUsable("declares entities, which a picture does not need")
    try:
        safe: bytes = filter_svg(content, {})
    except ValueError as error:
        raise ArtNotUsable(f"is no SVG that can be read: {error}") from None
    return safe


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


def _safe_pixels(content: bytes, kind: Kind) -> tuple[bytes, int, int]:
    """Decoded once to see that it is whole. Metadata is dropped from a still; what moves is kept as it came."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as image:
            if image.width * image.height * getattr(image, "n_frames", 1) > ART_PIXELS_MAX:
                raise ArtNotUsable(f"has more than {ART_PIXELS_MAX} pixels")
            image.load()
            if getattr(image, "is_animated", False):
                return content, image.width, image.height
            kept = io.BytesIO()
            image.info = {}
            image.save(kept, format=kind.upper(), **({"lossless": True} if kind == "webp" else {"optimize": True}))
            return kept.getvalue(), image.width, image.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ArtNotUsable(f"cannot be read: {error}") from None


def _size_of_lottie(content: bytes) -> tuple[int, int]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArtNotUsable(f"is no Lottie file: {error}") from None
    sides = [document.get(side) for side in ("w", "h")]
    if not isinstance(document.get("layers"), list) or not all(isinstance(side, int | float) for side in sides):
        raise ArtNotUsable("is no Lottie file: it has no layers, or no size")
    for place in _what_acts(document):
        raise ArtNotUsable(f"has {place}, which is not played")
    return round(sides[0]), round(sides[1])


def _what_acts(node: Any, depth: int = 0) -> Iterator[str]:
    """Expressions (script in `x`) and pictures of other addresses."""
    if depth > LOTTIE_DEPTH_MAX:
        yield f"more than {LOTTIE_DEPTH_MAX} levels"
    elif isinstance(node, dict):
        if isinstance(node.get("x"), str):
            yield "an expression"
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


async def keep_art(connection: Connection, art: Art, clock: Clock, *, by: int | None) -> None:
    """Keep a picture; once, however often it comes."""
    await connection.execute(SQL["add_art"], art.name, art.content, art.width, art.height, by, clock.now())


async def art_content(connection: Connection, name: str) -> bytes | None:
    content: bytes | None = await connection.fetchval(SQL["art_content"], name)
    return content


async def unknown_pictures(connection: Connection, entries: Mapping[str, Details], settings: Settings) -> list[Finding]:
    """What is wrong with the pictures of items: not there, or at an address that pages may not show."""
    named = {
        f"{place}.{field}": getattr(entry, field) for place, entry in entries.items() for field in ("art", "still")
    }
    asked = {address.removeprefix(UPLOADED) for address in named.values() if address.startswith(UPLOADED)}
    kept = {row["name"] for row in await connection.fetch(SQL["art_known"], list(asked))}
    origins = settings.media_origins.split()
    found = []
    for place, address in named.items():
        if address and (words := _why_not(address, kept, origins)):
            found.append(Finding(place, "error", words))
    return found


def _why_not(address: str, kept: set[str], origins: list[str]) -> str:
    if address.startswith(UPLOADED):
        return "" if address.removeprefix(UPLOADED) in kept else "names a picture that was not uploaded"
    parts = urlsplit(address)
    if parts.scheme:
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if parts.scheme not in {"http", "https"} or origin not in origins:
            return f"is at {origin}, which PLAUDIT_MEDIA_ORIGINS does not name"
        return ""
    if ".." in Path(address).parts or address.startswith("/") or not (SHIPPED / address).is_file():
        return "names no drawing that ships with Plaudit"
    return ""
