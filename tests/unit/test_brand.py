"""The look of an installation: which colours may be its accent, and which files its pictures."""

from pathlib import Path

import pytest
from PIL import Image

from plaudit.colours import AA_TEXT, DARK_GROUNDS, LIGHT_GROUNDS, accent_of, contrast
from plaudit.environment import SettingsError
from plaudit.settings import Settings
from plaudit.web.brand import brand_of


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ff0000", "#ff0000") == 1


@pytest.mark.parametrize("colour", ["#1a73e8", "#C73A25", "#0a8f5b", "#8e44ec", "#d6336c", "#808080"])
def test_what_goes_with_an_accent_can_be_read(colour: str) -> None:
    accent = accent_of(colour)
    assert accent.fill == colour.lower()
    assert contrast(accent.on_fill, accent.fill) >= AA_TEXT
    assert contrast(accent.on_fill, accent.fill_hover) >= AA_TEXT
    for text, grounds in (
        (accent.text_light, (*LIGHT_GROUNDS, accent.wash_light)),
        (accent.text_dark, (*DARK_GROUNDS, accent.wash_dark)),
    ):
        assert min(contrast(text, ground) for ground in grounds) >= AA_TEXT


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ("#ffe066", "light theme is 1.2"),
        ("#0b1f4d", "dark theme is 1.0"),
        ("coral", "must be a colour such as #c73a25"),
        ("#fff", "must be a colour such as #c73a25"),
    ],
)
def test_an_accent_that_cannot_be_seen_is_refused_with_its_ratio(colour: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"PLAUDIT_BRAND_COLOUR .*{words}"):
        Settings.from_environment({"PLAUDIT_BRAND_COLOUR": colour})


def test_pictures_are_named_by_their_content_and_cannot_act(tmp_path: Path) -> None:
    drawn, icon = tmp_path / "logo.svg", tmp_path / "icon.png"
    drawn.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>act()</script><path d="M0 0"/></svg>'
    )
    Image.new("RGB", (8, 8), "navy").save(icon)
    brand = brand_of(Settings(brand_name="Acme", brand_logo=str(drawn), brand_icon=str(icon), brand_colour="#1a73e8"))
    assert b"script" not in brand.logo.content
    assert (brand.logo.media_type, brand.icon.media_type) == ("image/svg+xml", "image/png")
    assert brand.sheet
    assert b"--accent-fill: #1a73e8;" in brand.sheet.content
    assert brand.file(brand.icon.name) == brand.icon
    own = brand_of(Settings())
    assert (own.name, own.sheet, own.logo) == ("Plaudit", None, own.icon)
    assert own.logo.name != brand.logo.name
    assert brand_of(Settings(brand_logo=str(drawn))).icon == brand.logo


@pytest.mark.parametrize("content", ["no picture", '{"w": 1, "h": 1, "layers": []}', "<svg/>"])
def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "logo.svg"
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"PLAUDIT_BRAND_LOGO names .*logo\.svg, which"):
        brand_of(Settings(brand_logo=str(file)))
