"""The people of the demo, as `cast.toml` describes them."""

import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zlib import crc32

import msgspec

from plaudit.countries import Country
from plaudit.languages.model import home_language
from plaudit.people.model import Role
from plaudit.web.templating import static

_CAST_FILE = Path(__file__).with_name("cast.toml")

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank account a creator is paid at."""

    currency: str
    iban: str | None = None
    bank_code: str | None = None
    account_number: str | None = None


class Character(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the demo."""

    subject: str
    name: str
    avatar: str
    country: Country
    note: str = ""
    """What whoever chooses whom to be should know."""

    roles = frozenset({Role.VIEWER})

    @property
    def handle(self) -> str:
        """The name in plain letters, else the subject."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return ".".join(plain.split()) or self.subject

    @property
    def born_on(self) -> date:
        """A birthday of a grown-up, the same each time."""
        drawn = crc32(self.subject.encode())
        return date(1960 + drawn % 40, 1 + drawn // 40 % 12, 1 + drawn // 480 % 28)

    @property
    def claims(self) -> dict[str, str]:
        """What a token says of this person beside the subject."""
        return {
            "name": self.name,
            "preferred_username": self.handle,
            "picture": static(f"art/avatars/{self.avatar}.svg"),
            "country": self.country,
            "birthdate": self.born_on.isoformat(),
            "locale": f"{home_language(self.country).code}-{self.country}",
        }


class Guest(Character, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wallet the crowd leaves alone, and somebody whose address is known."""

    @property
    def claims(self) -> dict[str, str]:
        return super().claims | {"email": f"{self.handle}@demo.example", "email_verified": "true"}


class Operator(Character, frozen=True, kw_only=True, forbid_unknown_fields=True):
    roles = frozenset({Role.VIEWER, Role.OPERATOR})


class Viewer(Character, frozen=True, kw_only=True):
    """One of those the crowd is drawn from; speaks `languages`, the first one best."""

    languages: tuple[Language, ...]


class Creator(Character, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody with a room."""

    language: Language
    topic: str
    title: str
    cover: str
    weight: Annotated[int, msgspec.Meta(ge=1)]
    """How popular the room is."""
    account: Account
    left_to_you: bool = False
    """The demo does not touch what this creator earns."""
    starts_late: bool = False

    roles = frozenset({Role.VIEWER, Role.CREATOR})


class _Neighbours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Viewers of one country."""

    country: Country
    languages: tuple[Language, ...]
    names: list[str]


class _CastFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    avatars: list[str]
    operator: Operator
    guest: list[Guest]
    creator: list[Creator]
    viewers: list[_Neighbours]


class Cast(msgspec.Struct, frozen=True):
    """Everybody."""

    operator: Operator
    guests: list[Guest]
    creators: list[Creator]
    viewers: list[Viewer]

    @property
    def everybody(self) -> list[Character]:
        return [self.operator, *self.guests, *self.creators, *self.viewers]

    @property
    def yours(self) -> Creator:
        """The creator whose earnings are left to whoever tries the demo."""
        return next(creator for creator in self.creators if creator.left_to_you)


def read_cast() -> Cast:
    """The cast of the file beside this module."""
    described = read_toml(_CAST_FILE, _CastFile)
    viewers: list[Viewer] = []
    for group in described.viewers:
        for name in group.names:
            number = len(viewers)
            viewers.append(
                Viewer(
                    subject=f"viewer-{number:03}",
                    name=name,
                    avatar=described.avatars[number * 7 % len(described.avatars)],
                    country=group.country,
                    languages=group.languages,
                )
            )
    return Cast(described.operator, described.guest, described.creator, viewers)


def read_toml(path: Path, kind: Any) -> Any:
    """A TOML file as its type.

    Raises:
        ValueError: the file does not fit; says where.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
