"""The message that travels: whatever a letter says, it is one message with its own headers."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import pytest

from plaudit.mail.message import mail_id_of, message_id_of, message_of
from plaudit.mail.model import Attachment, Letter, Link
from plaudit.mail.words import words_kept
from plaudit.setting_kinds import email_address
from plaudit.settings import Settings
from plaudit.texts import is_email_address

MAIL_ID = UUID("01a22c03-67f3-7e2d-9c6d-78b2da961ae8")
AT = datetime(2031, 5, 4, 12, 30, tzinfo=UTC)
SETTINGS = Settings(brand_name='Å "Beste" <x@y>', mail_from="coins@shop.example")
WICKED = "Hello\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>"


def letter(**more: object) -> Letter:
    given = {"language": "ja", "subject": "領収書 1", "paragraphs": ("ありがとう <b>",)} | more
    return Letter(**given)  # type: ignore[arg-type]  # as each test says


def test_a_letter_becomes_the_same_bytes_each_time() -> None:
    paper = letter(attachment=Attachment("one.pdf", "/v1/x", b"%PDF-1.4"))
    made = [message_of(paper, MAIL_ID, AT, "ada@buyers.example", SETTINGS).as_bytes() for _ in range(2)]
    assert made[0] == made[1]
    assert b"\r\n" in made[0]
    assert max(len(line) for line in made[0].split(b"\r\n")) <= 998


@pytest.mark.parametrize("field", ["subject", "paragraphs", "facts", "closing", "link"])
def test_no_text_of_a_letter_becomes_a_header_or_markup(field: str) -> None:
    values = {
        "subject": WICKED,
        "paragraphs": (WICKED,),
        "facts": ((WICKED, WICKED),),
        "closing": (WICKED,),
        "link": Link(WICKED, 'https://x.example/"><script>alert(1)</script>'),
    }
    sent = message_of(letter(**{field: values[field]}), MAIL_ID, AT, "ada@buyers.example", SETTINGS).as_bytes()
    read = message_from_bytes(sent, policy=policy.default)
    assert read["Bcc"] is None
    assert read["To"] == "ada@buyers.example"
    assert read["From"].addresses[0].display_name == SETTINGS.brand_name
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    html = read.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


def test_a_mail_is_found_again_by_its_message_id() -> None:
    named = message_id_of(MAIL_ID, SETTINGS)
    assert named == f"<{MAIL_ID}@shop.example>"
    assert {mail_id_of(one) for one in (named, str(MAIL_ID), f" {named} ")} == {MAIL_ID}
    assert {mail_id_of(one) for one in ("", "<a@b>", f"<{MAIL_ID}@b> x", f"{MAIL_ID}\n@b")} == {None}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <ada@shop.example>: Recipient\r\n rejected", "550 5.1.1 <a…@shop.example>: Recipient rejected"),
        ("ada.b+c@shop.example: no,x_y@d.example\0", "a…@shop.example: no,x…@d.example"),
        ("why?id=ada%40shop.example;s=ada%40b@c.example", "w…@shop.example;s…@c.example"),
        ('to:"ada"@[192.0.2.1]', 'to:"…@[192.0.2.1]'),
        ("552 5.2.2 Mailbox full @ 12:30", "552 5.2.2 Mailbox full @ 12:30"),
        ("x" * 299 + " ada@shop.example", "x" * 299 + " "),
        ("x" * 296 + " ada@shop.example", "x" * 296 + " a…@"),
    ],
)
def test_words_about_a_mail_are_kept_without_its_address(said: str, kept: str) -> None:
    assert words_kept(said) == kept


@pytest.mark.parametrize(
    "text",
    ["a@b\n", "a@b\r\nBcc: c", "a b@c", "<a@b>", "a,b@c", "a@", "@b", "a@b@c", "ä@b", ".a@b", "a..b@c", "a@b..c",
     f"{'a' * 250}@b.example"],
)  # fmt: skip
def test_what_no_header_can_carry_is_no_address(text: str) -> None:
    assert not is_email_address(text)
    with pytest.raises(ValueError, match="address"):
        email_address(text)


def test_addresses_of_people_are_addresses() -> None:
    for text in ("ada@buyers.example", "a.b+c@x-y.example", "o'brien@z.example", "a@localhost"):
        assert is_email_address(text)
