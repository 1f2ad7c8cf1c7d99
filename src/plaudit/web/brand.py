"""Whose installation this is: the name, logo, icon and accent of its pages, from the settings."""

import hashlib
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

import msgspec

from plaudit.colours import accent_of
from plaudit.environment import SettingsError
from plaudit.gifts.catalogue.art import MEDIA_TYPES, ArtNotUsable, read_art
from plaudit.settings import Settings

BRAND_ADDRESS = "/brand/"
_MARK = Path(__file__).parent / "static" / "art" / "mark.svg"


class BrandFile(msgspec.Struct, frozen=True):
    """A file of the brand, named by what is in it."""

    name: str
    content: bytes
    media_type: str

    @property
    def address(self) -> str:
        return BRAND_ADDRESS + self.name


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """How the pages of an installation are signed. `sheet`: the style sheet of its accent; None: Plaudit's own."""

    name: str
    logo: BrandFile
    icon: BrandFile
    sheet: BrandFile | None

    def file(self, name: str) -> BrandFile | None:
        return next((one for one in (self.logo, self.icon, self.sheet) if one and one.name == name), None)


@lru_cache(maxsize=8)
def brand_of(settings: Settings) -> Brand:
    """The brand of an installation, read once.

    Raises:
        SettingsError: a picture that cannot be shown; names the variable.
    """
    logo = _picture("PLAUDIT_BRAND_LOGO", settings.brand_logo)
    icon = _picture("PLAUDIT_BRAND_ICON", settings.brand_icon)
    mark = _named(_MARK.read_bytes(), "svg", MEDIA_TYPES["svg"])
    sheet = _sheet(settings.brand_colour) if settings.brand_colour else None
    return Brand(name=settings.brand_name, logo=logo or mark, icon=icon or logo or mark, sheet=sheet)


def _picture(variable: str, file: str) -> BrandFile | None:
    if not file:
        return None
    try:
        art = read_art(Path(file).read_bytes())
    except ArtNotUsable as error:
        raise SettingsError(f"{variable} names {file}, which {error.fields['reason']}") from None
    except OSError as error:
        raise SettingsError(f"{variable} names {file}, which cannot be read: {error.strerror}") from None
    kind = art.name.rpartition(".")[2]
    if kind not in {"svg", "png"}:
        raise SettingsError(f"{variable} names {file}, which is neither SVG nor PNG")
    return _named(art.content, kind, MEDIA_TYPES[kind])


def _sheet(colour: str) -> BrandFile:
    """What stands in for the accent of `tokens.css`."""
    accent = accent_of(colour)
    tokens = {
        "accent": f"var(--light, {accent.text_light}) var(--dark, {accent.text_dark})",
        "accent-fill": accent.fill,
        "accent-fill-hover": accent.fill_hover,
        "on-accent": accent.on_fill,
        "accent-wash": f"var(--light, {accent.wash_light}) var(--dark, {accent.wash_dark})",
    }
    lines = " ".join(f"--{token}: {value};" for token, value in tokens.items())
    return _named(f"@layer tokens {{ :root, [data-theme] {{ {lines} }} }}\n".encode(), "css", "text/css")


def _named(content: bytes, kind: str, media_type: str) -> BrandFile:
    return BrandFile(f"{hashlib.sha256(content).hexdigest()[:20]}.{kind}", content, media_type)


_worn: ContextVar[Brand | None] = ContextVar("brand", default=None)


def wear(settings: Settings) -> None:
    """Have the page that is made now carry the brand of these settings."""
    _worn.set(brand_of(settings))


def brand() -> Brand:
    """The brand of the page that is made now; Plaudit's own where no request said which."""
    return _worn.get() or brand_of(Settings())
