"""Colours by their contrast (WCAG 2.2): whether an accent can be seen in both themes, and what goes with it."""

import re
from typing import NamedTuple

LIGHT_GROUNDS = ("#faf7f5", "#ffffff")
DARK_GROUNDS = ("#100e12", "#19161c", "#231f27")
"""What pages paint under an accent, in each theme (`tokens.css`)."""
AA_TEXT = 4.5
AA_SHAPE = 3.0
"""The least contrast of text, and of what is no text (success criteria 1.4.3 and 1.4.11)."""

_INKS = ("#ffffff", "#1a1013")
_STEP_PERCENT = 4


class Accent(NamedTuple):
    """An accent as both themes wear it; each is `#rrggbb`."""

    fill: str
    on_fill: str
    fill_hover: str
    text_light: str
    text_dark: str
    wash_light: str
    wash_dark: str


def accent_of(colour: str) -> Accent:
    """What goes with a colour: the ink on it, its hover, its darker and lighter self as text, its wash behind text.

    Raises:
        ValueError: it is no `#rrggbb`, or cannot be seen on the ground of a theme; names the ratio.
    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError("must be a colour such as #c73a25")
    colour = colour.lower()
    for theme, grounds in (("light", LIGHT_GROUNDS), ("dark", DARK_GROUNDS)):
        found = min(contrast(colour, ground) for ground in grounds)
        if found < AA_SHAPE:
            raise ValueError(
                f"is {colour}, whose contrast in the {theme} theme is {found:.2f} to 1: at least {AA_SHAPE:.0f} to 1 is"
                f" needed, so choose a {'darker' if theme == 'light' else 'lighter'} one"
            )
    on_fill = max(_INKS, key=lambda ink: contrast(colour, ink))
    away = "#000000" if on_fill == _INKS[0] else "#ffffff"
    wash_light, wash_dark = mix(colour, "#ffffff", 90), mix(colour, "#19161c", 84)
    return Accent(
        fill=colour,
        on_fill=on_fill,
        fill_hover=mix(colour, away, 12),
        text_light=_readable(colour, (*LIGHT_GROUNDS, wash_light), "#000000"),
        text_dark=_readable(colour, (*DARK_GROUNDS, wash_dark), "#ffffff"),
        wash_light=wash_light,
        wash_dark=wash_dark,
    )


def _readable(colour: str, grounds: tuple[str, ...], towards: str) -> str:
    """The colour, no nearer to black or white than it takes to be read on all grounds."""
    steps = (mix(colour, towards, percent) for percent in range(0, 101, _STEP_PERCENT))
    return next(step for step in steps if all(contrast(step, ground) >= AA_TEXT for ground in grounds))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, percent: int) -> str:
    """A colour with so much of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent + 50) // 100:02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    """Relative luminance in sRGB, 0 to 1."""
    linear = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    )
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
