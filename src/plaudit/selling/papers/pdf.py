"""Papers as PDF: A4, tagged (PDF/UA-1), text that can be read back, the same bytes for the same paper."""

import base64
import io
import json
import logging
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import typst
from PIL import Image

from plaudit.check_codes.codes import address_of, qr_svg
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import voice
from plaudit.selling.papers.document import Document
from plaudit.selling.papers.fonts import families, fonts, legible
from plaudit.settings import Settings

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_MARK = _HERE.parents[1] / "web" / "static" / "art" / "mark.svg"
_ACCENT = "#c73a25"
_PNG = b"\x89PNG\r\n\x1a\n"
_press = Lock()


def render(document: Document, settings: Settings) -> bytes:
    """The PDF of a paper, in the language that is spoken, under the name and logo of the installation.

    Takes some 10 ms, in which other threads go on; a second paper waits for it.
    """
    said, check = msgspec.to_builtins(document), {"check": _check(document, settings)}
    return printed_sheet(_HERE / "paper.typ", said, document.issued_at, settings, region=document.region, as_is=check)


def printed_sheet(
    template: Path,
    said: dict[str, Any],
    at: datetime,
    settings: Settings,
    *,
    region: str = "",
    as_is: dict[str, Any] | None = None,
) -> bytes:
    """What is said, in the look of a template, in the language that is spoken, under the name and logo of the
    installation.

    Args:
        region: where it is read, which decides between scripts that share signs.
        as_is: what else the template takes, such as pictures: no text that fonts have to show.
    """
    language, _, territory = voice().language.tag.partition("-")
    words = _legible(said | {"brand": settings.brand_name})
    look = {
        "language": language,
        "territory": territory or None,
        "logo": _logo(settings.brand_logo),
        "accent": settings.brand_colour or _ACCENT,
        "fonts": families(json.dumps(words, ensure_ascii=False), region),
    }
    return _print(template, words | look | (as_is or {}), at)


def _check(document: Document, settings: Settings) -> dict[str, str] | None:
    """Where anybody can ask whether a paper is genuine, as words and as a QR code."""
    if not document.check_code:
        return None
    address = address_of(settings.public_url, document.number, document.check_code)
    return {
        "words": _("Is this paper genuine? Anybody can ask here, without signing in."),
        "qr": qr_svg(address),
        "address": address,
    }


def _print(template: Path, content: dict[str, Any], at: datetime) -> bytes:
    with _press:
        printed = _printer(template).compile(
            sys_inputs={"paper": json.dumps(content)},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()),
        )
    assert isinstance(printed, bytes)  # what a compiler answers that writes no file
    return printed


@cache
def _printer(template: Path) -> typst.Compiler:
    return typst.Compiler(template, template.parent, fonts())


def _legible(content: Any) -> Any:
    """Data with all its texts as fonts can show them."""
    if isinstance(content, str):
        return legible(content)
    if isinstance(content, list):
        return [_legible(one) for one in content]
    if isinstance(content, dict):
        return {name: _legible(one) for name, one in content.items()}
    return content


@cache
def _logo(file: str) -> str | None:
    """A picture as SVG, read once; Plaudit's mark without a file, none when it cannot be printed."""
    try:
        picture = (Path(file) if file else _MARK).read_bytes()
        logo = _framed(picture) if picture.startswith(_PNG) else picture.decode()
        _print(_HERE / "logo.typ", {"logo": logo}, datetime.fromtimestamp(0, UTC))
    except (OSError, ValueError, typst.TypstError) as error:
        log.warning("Papers are without a logo: PLAUDIT_BRAND_LOGO cannot be printed: %s", error)
        return None
    return logo


def _framed(png: bytes) -> str:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        width, height = image.size
    picture = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/></svg>'
    )
