"""Papers as PDF: names in every script, read back by a reader that is not ours."""

import io
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from plaudit.languages.model import LANGUAGES, Language, Voice, language_of
from plaudit.languages.speaking import speaking
from plaudit.selling.papers import pdf
from plaudit.selling.papers.document import receipt_document
from plaudit.selling.papers.fonts import legible
from plaudit.selling.papers.model import Paper, Receipt
from plaudit.settings import Settings

SALE_AT = datetime(2026, 11, 30, 12, 30, 15, 987_654, tzinfo=UTC)
RECEIPT = Receipt(
    shard=1,
    order_id=UUID(int=7),
    person_id=1,
    paper=Paper.RECEIPT,
    seller_code="PLAUDIT",
    number=42,
    seller_name="Plaudit Demo",
    seller_address="1 High Street\nLondon",
    seller_tax_id="GB123",
    store_name=None,
    store_address=None,
    buyer_name="Ada",
    issued_at=SALE_AT,
    paid_at=SALE_AT,
    channel="web",
    region="GB",
    provider="stripe",
    coins=100,
    currency="GBP",
    net_minor=80,
    tax_minor=16,
    price_minor=96,
    tax_name="VAT",
    tax_rate_bps=2000,
)
NAMES = [
    "محمد علی رضا", "אברהם", "สมชาย", "राजेश क्षत्रिय", "রহমান", "김철수", "山田太郎", "王小明",
    "Ἀλέξανδρος", "Дмитрий", "Nguyễn Thị Hồng",
    "👨‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Ada", "தமிழ்", "ქართული", "Հայկ",
]  # fmt: skip


def printed(settings: Settings | None = None, language: Language = LANGUAGES[0], **changed: Any) -> bytes:
    given_values = {field: getattr(RECEIPT, field) for field in RECEIPT.__struct_fields__} | changed
    with speaking(Voice(language, language.locale)):
        return pdf.render(receipt_document(Receipt(**given_values)), settings or Settings())


def read(paper: bytes) -> str:
    """The words of a paper in the order of their letters, without what is never drawn."""
    page = pypdfium2.PdfDocument(paper)[0]
    text: str = page.get_textpage().get_text_range()
    seen = (one for one in text if unicodedata.category(one) != "Cf" or one == "\u200d" or one > "\U000e0000")
    return re.sub(r"\s+", " ", "".join(seen))


def left_of(paper: bytes, *signs: str) -> list[float]:
    """How far from the left the first of each sign is drawn."""
    words = pypdfium2.PdfDocument(paper)[0].get_textpage()
    text = words.get_text_range()
    return [words.get_charbox(text.index(sign))[0] for sign in signs]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_can_be_read_back(name: str) -> None:
    for paper in (printed(buyer_name=name), printed(seller_name=name)):
        assert name in read(paper)


def test_letters_that_join_are_drawn_joined() -> None:
    maps = [font["/ToUnicode"].get_object().get_data() for font in fonts_of(printed(buyer_name="\u0645\u0645\u0645"))]
    shapes = re.findall(rb"> <0645>", b"".join(maps))
    assert len(shapes) == 3, "the first, the middle and the last have shapes of their own"


def test_what_is_written_from_right_to_left_is_drawn_so() -> None:
    first, last = left_of(printed(buyer_name="אבג"), "א", "ג")
    assert first > last
    letter, digit = left_of(printed(buyer_name="علی (abc) 7", region="GB"), "ع", "7")
    assert digit < letter, "what stands after a word stays on the side where the word ends"


def test_chinese_characters_have_the_shape_of_the_country() -> None:
    for country, shape in {"JP": "jp", "CN": "sc", "TW": "tc", "HK": "hk", "KR": "kr"}.items():
        names = [font["/BaseFont"] for font in fonts_of(printed(buyer_name="直", region=country))]
        assert [name for name in names if f"NotoSansCJK{shape}" in name], (country, names)


def fonts_of(paper: bytes) -> list[Any]:
    resources: Any = PdfReader(io.BytesIO(paper)).pages[0]["/Resources"]
    fonts = resources["/Font"]
    return [font.get_object() for font in fonts.values()]


def test_fonts_are_embedded_and_only_what_is_drawn_of_them() -> None:
    paper = printed(buyer_name=" ".join(NAMES))
    for font in fonts_of(paper):
        description = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(description), font["/BaseFont"]
    assert len(paper) < 100_000


def test_what_no_font_has_is_named() -> None:
    assert "Ada [U+13000] [U+E000]" in read(printed(buyer_name="𝓐𝓭𝓪 𓀀 \ue000"))
    assert legible("plain, é, 田, 👑") == "plain, é, 田, 👑"


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_any_name_can_be_printed(name: str) -> None:
    """Typst refuses to print a character without a glyph (PDF/UA-1, 7.21.8)."""
    assert printed(buyer_name=name, seller_name=f"x{name}", seller_address=name).startswith(b"%PDF-1.7")


def test_a_paper_says_what_is_what_on_it() -> None:
    reader = PdfReader(io.BytesIO(printed(language=language_of("pt-BR") or LANGUAGES[0])))
    root: Any = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("pt-BR", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Recibo PLAUDIT-1-000042", "Plaudit Demo")
    assert reader.metadata.creation_date == SALE_AT.replace(microsecond=0)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    tags = list(tags_of(root["/StructTreeRoot"]["/K"]))
    assert tags.count("/H1") == 1
    assert tags[-tags[::-1].index("/Table") :].count("/TH") == 2
    assert "/TFoot" in tags


def tags_of(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for one in node for tag in tags_of(one)]
    return [str(node["/S"]), *tags_of(node.get("/K", []))] if isinstance(node, dict) and "/S" in node else []


def test_the_same_paper_has_the_same_bytes() -> None:
    paper = printed(buyer_name="山田太郎")
    printed(buyer_name="محمد")
    assert printed(buyer_name="山田太郎") == paper


def test_the_logo_is_on_the_paper(tmp_path: Path) -> None:
    def red_of(settings: Settings) -> int:
        colours = pypdfium2.PdfDocument(printed(settings))[0].render(scale=1).to_pil().convert("RGB").getcolors(100_000)
        return sum(count for count, (red, green, blue) in colours or [] if red > 200 and green < 60 and blue < 60)

    square, wide, broken = tmp_path / "logo.svg", tmp_path / "logo.png", tmp_path / "broken.svg"
    square.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#f00"/></svg>'
    )
    Image.new("RGB", (400, 100), "#f00").save(wide)
    broken.write_text("<svg")
    dark = Settings(brand_colour="#226644")
    assert red_of(Settings(brand_colour=dark.brand_colour, brand_logo=str(broken))) == 0
    one = red_of(Settings(brand_colour=dark.brand_colour, brand_logo=str(square)))
    four = red_of(Settings(brand_colour=dark.brand_colour, brand_logo=str(wide)))
    assert 200 < one < 600
    assert 3 * one < four < 5 * one


def test_papers_made_at_once_are_those_made_alone() -> None:
    names = [f"{name} {number}" for number in range(4) for name in NAMES]
    alone = [printed(buyer_name=name) for name in names]
    with ThreadPoolExecutor(8) as makers:
        assert list(makers.map(lambda name: printed(buyer_name=name), names)) == alone


def test_a_paper_says_when_it_was_issued_and_when_it_was_paid() -> None:
    words = read(printed(paid_at=SALE_AT - timedelta(days=3)))
    assert re.search(r"Issued (?!to)\S*30", words), words
    assert re.search(r"Paid on \S*27", words), words
