"""Papers as PDF: A4, text that can be selected, the same bytes for the same paper."""

from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from plaudit.languages.model import Language
from plaudit.languages.speaking import voice
from plaudit.selling.papers.document import Document
from plaudit.settings import Settings
from plaudit.texts import without_turns

_FONTS = Path(__file__).parent / "fonts"
_REGULAR, _BOLD, _WIDE = "Figtree", "Figtree-SemiBold", "DejaVuSans"
_EAST_ASIAN = {"ja": "HeiseiKakuGo-W5", "zh": "STSong-Light", "ko": "HYGothic-Medium"}
"""Fonts every reader of PDF brings along; they are named in the file, not embedded."""

_PRESS = Lock()
_INK, _SOFT, _LINE, _ACCENT = HexColor("#1e1a1d"), HexColor("#5f565b"), HexColor("#ddd5d2"), HexColor("#c73a25")
_MARGIN = 22 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_LABEL_WIDTH = 48 * mm
_AMOUNT_WIDTH = 50 * mm


def render(document: Document, settings: Settings) -> bytes:
    """The PDF of a paper, in the language that is spoken, under the name of the installation. Takes milliseconds; one
    is made after the other, because fonts are shared and reportlab notes in them what a paper uses."""
    with _PRESS:
        return _render(document, settings)


def _render(document: Document, settings: Settings) -> bytes:
    _register_fonts()
    file = BytesIO()
    language = voice().language
    template = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{document.title} {document.number}",
        author=document.seller[0],
        subject=document.title,
        creator=settings.brand_name,
        lang=language.tag,
        invariant=1,
    )
    accent = HexColor(settings.brand_colour) if settings.brand_colour else _ACCENT
    template.build(_story(document, _Writer(language), settings.brand_name, accent))
    return file.getvalue()


class _Writer:
    """Paragraphs of one language: each character in the first font that has it."""

    def __init__(self, language: Language) -> None:
        self._language = language
        code = language.code if language.code in _EAST_ASIAN else "ja"
        self._east_asian = _EAST_ASIAN[code]

    def __call__(self, text: str, size: float = 10, **style: object) -> Paragraph:
        bold = bool(style.pop("bold", False))
        look = {"fontName": _REGULAR, "fontSize": size, "leading": size * 1.4, "textColor": _INK} | style
        if self._language.code in _EAST_ASIAN:
            look["wordWrap"] = "CJK"
        runs = self._runs(text, _BOLD if bold else _REGULAR)
        return Paragraph(
            "".join(f'<font name="{font}">{escape(run)}</font>' for font, run in runs), ParagraphStyle("text", **look)
        )

    def _runs(self, text: str, first: str) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []
        for character in without_turns(text.replace("\n", " ")):
            font = self._font_of(character, first)
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + character)
            else:
                runs.append((font, character))
        return runs

    def _font_of(self, character: str, first: str) -> str:
        if ord(character) in _glyphs(first):
            return first
        if ord(character) in _glyphs(_WIDE):
            return _WIDE
        if "\uac00" <= character <= "\ud7a3":
            return _EAST_ASIAN["ko"]
        return self._east_asian


def _story(document: Document, write: _Writer, brand_name: str, accent: HexColor) -> list[Flowable]:
    head = [
        [write(brand_name, 11, bold=True, textColor=_SOFT)],
        [write(document.title, 22, bold=True)],
        [write(document.number, 10, textColor=_SOFT)],
    ]
    name, *more = document.seller
    seller = [[write(name, 10, bold=True)], *([write(line, 9, textColor=_SOFT)] for line in more)]
    return [
        Table(
            [[_stack(head, _WIDTH * 0.58), _stack(seller, _WIDTH * 0.42)]],
            colWidths=[_WIDTH * 0.58, _WIDTH * 0.42],
            style=_PLAIN,
        ),
        Spacer(0, 8 * mm),
        _facts(document, write),
        Spacer(0, 8 * mm),
        _amounts(document, write, accent),
        Spacer(0, 8 * mm),
        _stack([[write(note, 9, textColor=_SOFT)] for note in document.notes], _WIDTH),
    ]


_PLAIN = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
)


def _stack(rows: list[list[Paragraph]], width: float) -> Table:
    return Table(rows, colWidths=[width], style=_PLAIN)


def _facts(document: Document, write: _Writer) -> Table:
    rows = [[write(fact.label, textColor=_SOFT), write(fact.value)] for fact in document.facts]
    return Table(rows, colWidths=[_LABEL_WIDTH, _WIDTH - _LABEL_WIDTH], style=_PLAIN)


def _amounts(document: Document, write: _Writer, accent: HexColor) -> Table:
    heading = {"size": 9, "textColor": _SOFT}
    rows = [[write(document.item_label, **heading), write(document.amount_label, **heading, alignment=TA_RIGHT)]]
    rows += [[write(line.label), write(line.amount, alignment=TA_RIGHT)] for line in document.lines]
    total = document.total
    rows.append([write(total.label, 12, bold=True), write(total.amount, 12, bold=True, alignment=TA_RIGHT)])
    style = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, _LINE),
            ("LINEBELOW", (0, 1), (-1, -3), 0.5, _LINE),
            ("LINEABOVE", (0, -1), (-1, -1), 1, accent),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ],
        parent=_PLAIN,
    )
    return Table(rows, colWidths=[_WIDTH - _AMOUNT_WIDTH, _AMOUNT_WIDTH], style=style)


@cache
def _register_fonts() -> None:
    for name, file in ((_REGULAR, "Figtree-Regular"), (_BOLD, "Figtree-SemiBold"), (_WIDE, "DejaVuSans")):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{file}.ttf")))
    for name in _EAST_ASIAN.values():
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@cache
def _glyphs(font: str) -> frozenset[int]:
    """The characters a font of ours has."""
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)
