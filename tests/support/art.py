"""Files that operators upload as art of items."""

import io
import json
from typing import Any

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10.4 20"><rect width="5" height="5"/></svg>'
MOVING_SVG = SVG.replace(b"/></svg>", b'><animate attributeName="x" to="4" dur="1s"/></rect></svg>')


def pixels(kind: str, **options: Any) -> bytes:
    """A picture that stands still."""
    kept = io.BytesIO()
    Image.new("RGBA", (8, 6), (200, 20, 20, 255)).save(kept, format=kind, **options)
    return kept.getvalue()


def moving(kind: str, duration: int = 80) -> bytes:
    """A picture of two, each shown for so many ms."""
    kept = io.BytesIO()
    first, second = (Image.new("RGBA", (8, 6), (red, 20, 20, 255)) for red in (0, 200))
    first.save(kept, format=kind, save_all=True, append_images=[second], duration=duration, loop=0)
    return kept.getvalue()


LOTTIE = json.dumps({"v": "5.7.0", "w": 200, "h": 100, "fr": 30, "ip": 0, "op": 60, "layers": []}).encode()

_EVENLY = {"i": {"x": [1], "y": [1]}, "o": {"x": [0], "y": [0]}}
_GROWS = {"a": 1, "k": [{"t": 0, "s": [9, 9], **_EVENLY}, {"t": 60, "s": [80, 80]}]}
_CIRCLE = [
    {"ty": "el", "p": {"a": 0, "k": [0, 0]}, "s": _GROWS},
    {"ty": "fl", "c": {"a": 0, "k": [1, 0.4, 0.3, 1]}, "o": {"a": 0, "k": 100}},
]
_LAYER = {"ty": 4, "ip": 0, "op": 60, "st": 0, "ks": {"p": {"a": 0, "k": [100, 50, 0]}}, "shapes": _CIRCLE}
LANTERN = json.dumps(json.loads(LOTTIE) | {"layers": [_LAYER]}).encode()
"""A Lottie file in which something grows."""
