"""Fonts of papers: in which order they are asked for a character, and what stands where none of them has it."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
import typst
import uharfbuzz

_OWN, _ALL_LATIN = "Figtree", "Noto Sans"
_SCRIPTS = (
    "IBM Plex Sans Arabic",
    *(f"Noto Sans {script}" for script in ("Hebrew", "Thai", "Devanagari", "Bengali", "Armenian", "Georgian")),
    *(f"Noto Sans {script}" for script in ("Ethiopic", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Lao")),
    *(f"Noto Sans {script}" for script in ("Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu")),
)
_EAST_ASIAN = "Noto Sans CJK JP"
_EAST_ASIAN_OF = {
    "CN": "Noto Sans CJK SC",
    "SG": "Noto Sans CJK SC",
    "MY": "Noto Sans CJK SC",
    "TW": "Noto Sans CJK TC",
    "HK": "Noto Sans CJK HK",
    "MO": "Noto Sans CJK HK",
    "KR": "Noto Sans CJK KR",
}
"""By the country of a sale: several write one Chinese character in different shapes. All have the same characters."""
_SIGNS = ("Noto Emoji", "Noto Sans Symbols", "DejaVu Sans")

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\U000e0000-\U000e0fff]")
"""Joiners, isolates, variants: they say how others are shown, and are never drawn (Default_Ignorable_Code_Point)."""
_BLANK = frozenset({"Cc", "Zl", "Zp"})
_IN_NO_PDF = frozenset("\0\ufeff\ufffe")
"""What a text in a PDF must not contain (PDF/UA-1, 7.21.7)."""
_LONG_WORD = re.compile(r"\w{40,}")
_BREAK_EVERY = 20  # characters


@cache
def fonts() -> typst.Fonts:
    """What the printer of papers may use, and nothing of the machine's own."""
    packages = [Path(package.__file__).parent for package in (manimgx_fonts, manimgx_fonts_cjk)]
    return typst.Fonts(False, False, [Path(__file__).parent / "fonts", *packages])


def families(text: str, country: str) -> list[str]:
    """The fonts for the text of a paper, in order. One has all its Latin letters: a word in two looks like two."""
    letters = frozenset(filter(_is_latin, text))
    latin = [_OWN, _ALL_LATIN] if letters <= _characters(_OWN) else [_ALL_LATIN]
    return [*latin, *_SCRIPTS, _EAST_ASIAN_OF.get(country, _EAST_ASIAN), *_SIGNS]


def legible(text: str) -> str:
    """The text without what no font has: its plain form stands for it, such as A for 𝓐, else its number, [U+13000].

    Words too long for a line may be broken.
    """
    shown = "".join(_shown(character) for character in unicodedata.normalize("NFC", text))
    return _LONG_WORD.sub(lambda word: "\u200b".join(re.findall(f".{{1,{_BREAK_EVERY}}}", word[0])), shown)


def _shown(character: str) -> str:
    if unicodedata.category(character) in _BLANK:
        return " "
    if _can_be_shown(character):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if all(map(_can_be_shown, plain)) else f"[U+{ord(character):04X}]"


def _can_be_shown(character: str) -> bool:
    return character in _all_characters() or _UNSEEN.fullmatch(character) is not None


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("LATIN ", "COMBINING "))


@cache
def _all_characters() -> frozenset[str]:
    return frozenset().union(*map(_characters, families("", "")), _characters(_OWN))


@cache
def _characters(family: str) -> frozenset[str]:
    """The characters that every weight of a font has."""
    faces = [
        uharfbuzz.Face(uharfbuzz.Blob.from_file_path(font.path), font.index)
        for font in fonts().fonts()
        if font.family == family and font.style == "normal" and font.path
    ]
    return frozenset(map(chr, frozenset.intersection(*(frozenset(face.unicodes) for face in faces)))) - _IN_NO_PDF
