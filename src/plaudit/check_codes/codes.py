"""A check code as people read and type it, and the address that asks about it."""

import hmac
import io
from urllib.parse import urlencode

import segno

CODE_LENGTH = 12
_GROUP = 4
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})
_QUIET_MODULES = 2


def written(code: str) -> str:
    """In groups: 7K3M-9QXT-2B4F."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def typed(text: str) -> str:
    """What somebody typed, with signs that are taken for others put right."""
    return "".join(one for one in text.upper() if one.isalnum()).translate(_TAKEN_FOR)


def is_code(text: str, code: str) -> bool:
    """Whether somebody typed a code. Takes as long for one that is nearly right."""
    return hmac.compare_digest(typed(text).encode(), code.encode())


def address_of(public_url: str, number: str, code: str) -> str:
    """Where anybody can ask about a document."""
    return f"{public_url}/verify?{urlencode({'number': number, 'code': written(code)})}"


def qr_svg(text: str) -> str:
    """A text as a QR code: a picture of SVG without a size or words of its own, for who can read the text beside it."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        drawn, kind="svg", xmldecl=False, nl=False, border=_QUIET_MODULES, omitsize=True, dark="#000", light="#fff",
        svgclass="qr", lineclass=None,
    )  # fmt: skip
    return drawn.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" ', 1)
