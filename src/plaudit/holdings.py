"""What tables hold of people. Each room declares its own tables; the README of an export, the page "Your data", erasure
and what is shown to operators read it here.

Numbers, ids, times and yes or no need no word: beside no name they are nobody's. Every other column is named.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from plaudit.languages.speaking import later


class Why(enum.StrEnum):
    """What allows us to keep something, as Article 6 of the GDPR has it."""

    SERVICE = "service"
    """It takes it to do what somebody asked for (b)."""
    LAW = "law"
    """Law asks for it (c)."""
    SAFETY = "safety"
    """Fraud is found by it (f)."""
    CONSENT = "consent"
    """They agreed (a)."""


class Fate(enum.StrEnum):
    """What erasing a person does."""

    REMOVED = "removed"
    """The words go."""
    UNNAMED = "unnamed"
    """It stays in the books, under a number that leads to nobody."""
    KEPT = "kept"
    """Law asks for it until a term."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Things held of people that are kept for one reason and go together."""

    name: str
    title: str
    about: str
    why: Why
    fate: Fate
    term: str
    """How long, as a sentence for the person; `%(days)s` stands for the period."""
    period: str = ""
    """The `Retention` whose days the sentence says."""
    stays: str = ""
    """Why its tables are kept where no period is declared for them, for operators. Empty: each says so itself."""


_HERE = later("As long as you are here.")
_BOOKS = later("As long as the books are kept.")
_PAPERS = later("As long as the law of the seller’s country asks for.")
_OF_THE_BOOKS = "Part of the books: sums, chains and the audit rest on it. Erasing a person takes out who they were."
_OF_THE_TRAIL = (
    "The trail is chained and decisions are hashed: nothing can be taken out. Names and words of people stay out of it;"
    " the network (/24) of who acted stays."
)
_OF_THE_PERSON = "Theirs as long as they are here; erasing the person takes it away."

PROFILE = Kind(
    name="profile",
    title=later("Who you are"),
    about=later("Your name, picture, country, language, birthday, address and your number at your platform."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=_HERE,
    stays=_OF_THE_PERSON,
)
SIGN_INS = Kind(
    name="sign_ins",
    title=later("Where you signed in"),
    about=later("Browsers, networks and times, and how often you asked for some things."),
    why=Why.SAFETY,
    fate=Fate.REMOVED,
    term=later("%(days)s after each ended."),
    period="sign_ins",
)
COINS = Kind(
    name="coins",
    title=later("Your coins and gifts"),
    about=later("What you bought, gave, got back or were given, each coin of it."),
    why=Why.LAW,
    fate=Fate.UNNAMED,
    term=_BOOKS,
    stays=_OF_THE_BOOKS,
)
INSTRUMENTS = Kind(
    name="instruments",
    title=later("Signs of who uses an account"),
    about=later("Which card, device or address you were seen with, as a code that cannot be turned back."),
    why=Why.SAFETY,
    fate=Fate.REMOVED,
    term=later("Half a year after you were seen with it last."),
    stays="Each goes half a year after somebody was seen with it last, by the job of its room.",
)
LIMITS = Kind(
    name="limits",
    title=later("Limits you set yourself"),
    about=later("How much you let yourself spend, and breaks you took."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=_HERE,
    stays="Whoever set a limit is held to it, as long as they are here; erasing the person takes it away.",
)
GUARDIANS = Kind(
    name="guardians",
    title=later("Guardians and minors"),
    about=later("Who answers for whom, what they agreed to, and the limits they set."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=_HERE,
    stays="Who answered for whom, and agreed to what, is proved by it; erasing either of them takes it away.",
)
WORDS = Kind(
    name="words",
    title=later("What you said"),
    about=later("Chat, and the words of gifts."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=later("Of live rooms %(days)s after their end, of videos as long as you are here."),
    period="words",
)
PURCHASES = Kind(
    name="purchases",
    title=later("Your purchases"),
    about=later("Prices you were offered, orders, payments and refunds."),
    why=Why.LAW,
    fate=Fate.UNNAMED,
    term=_BOOKS,
    stays=_OF_THE_BOOKS,
)
PAPERS = Kind(
    name="papers",
    title=later("Receipts and credit notes"),
    about=later("As they were issued, with the name you had then."),
    why=Why.LAW,
    fate=Fate.KEPT,
    term=_PAPERS,
    stays="Receipts and credit notes stay whole, as they were issued: their numbers have no gaps.",
)
CARDS = Kind(
    name="cards",
    title=later("Saved cards"),
    about=later("Their last four digits, and what you agreed to."),
    why=Why.CONSENT,
    fate=Fate.REMOVED,
    term=later("Until you remove them."),
    stays="Cards go when they are removed; that somebody agreed to it stays, without the card.",
)
PLACES = Kind(
    name="places",
    title=later("Signs of where you were"),
    about=later("What decided which country’s prices and taxes held for you."),
    why=Why.LAW,
    fate=Fate.REMOVED,
    term=_PAPERS,
    stays="Which country a sale was in is part of the books.",
)
CONTENT = Kind(
    name="content",
    title=later("Your rooms and videos"),
    about=later("Titles, pictures and addresses, and what you set for them."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=_HERE,
    stays=_OF_THE_PERSON,
)
EARNINGS = Kind(
    name="earnings",
    title=later("What you earned"),
    about=later("Gifts you received, diamonds, and what was taken back."),
    why=Why.LAW,
    fate=Fate.UNNAMED,
    term=_BOOKS,
    stays=_OF_THE_BOOKS,
)
PAYOUTS = Kind(
    name="payouts",
    title=later("Payouts"),
    about=later("What was paid to you, and the accounts it went to."),
    why=Why.LAW,
    fate=Fate.KEPT,
    term=_PAPERS,
    stays=_OF_THE_BOOKS,
)
MAIL = Kind(
    name="mail",
    title=later("Mail to you"),
    about=later("Which mails were sent, and what became of them."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=later("%(days)s after each was sent."),
    period="mails",
)
SAFETY = Kind(
    name="safety",
    title=later("What was held or looked into"),
    about=later("What of yours stood still, and what you were told of it."),
    why=Why.SAFETY,
    fate=Fate.UNNAMED,
    term=_BOOKS,
    stays="What was held or looked into is proved by it; erasing the person takes the words away.",
)
WORK = Kind(
    name="work",
    title=later("What you did with a role over others"),
    about=later("Decisions, and the trail of acts."),
    why=Why.LAW,
    fate=Fate.UNNAMED,
    term=_BOOKS,
    stays=_OF_THE_TRAIL,
)
COPIES = Kind(
    name="copies",
    title=later("Copies"),
    about=later("What your platform is told of you, as it is told."),
    why=Why.SERVICE,
    fate=Fate.REMOVED,
    term=later("%(days)s."),
    period="events",
)
MESSAGES = Kind(
    name="messages",
    title=later("What payment providers told us"),
    about=later("Their messages as they came, sealed. They prove what was paid, and cannot be searched for a person."),
    why=Why.LAW,
    fate=Fate.KEPT,
    term=later("%(days)s after each came."),
    period="provider_messages",
)
REQUESTS = Kind(
    name="requests",
    title=later("What you asked for here"),
    about=later("Exports and erasures of your data."),
    why=Why.LAW,
    fate=Fate.UNNAMED,
    term=later("%(days)s after you asked; that you were erased, as long as the books are kept."),
    period="data_requests",
)

KINDS = (
    PROFILE, SIGN_INS, INSTRUMENTS, COINS, LIMITS, GUARDIANS, WORDS, PURCHASES, PAPERS, CARDS, PLACES, CONTENT,
    EARNINGS, PAYOUTS, MAIL, SAFETY, WORK, COPIES, MESSAGES, REQUESTS,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A table, and what each of its columns is. Names stand with blanks between."""

    table: str
    codes: str = ""
    """Columns of words that say nothing of anybody: states, currencies, words of ours."""
    personal: str = ""
    """Columns that say something of people."""
    hidden: str = ""
    """Columns that no export shows: hashes, what is sealed, and what operators wrote for each other."""
    kind: Kind | None = None
    """None: the table is about nobody."""
    of: str = ""
    """The column with the number of the person. Rows of one with shards lie in that of the person."""
    where: str = ""
    """A condition in SQL that takes its place; `$1` is the person. Neither: rows are found by what lies beside them."""
    stays: str = ""
    """Why it is kept where no period is declared for it, for operators."""
    query: str = ""
    """A query that says all that is the person's (`$1`), where rows hold more than that."""

    def __post_init__(self) -> None:
        if self.kind is None and (self.personal or self.of or self.where or self.query):
            raise ValueError(f"{self.table} holds something of people, of no kind")

    @property
    def named(self) -> list[str]:
        """Columns it has a word for."""
        return [*self.codes.split(), *self.personal.split(), *self.hidden.split()]

    @property
    def is_exported(self) -> bool:
        """Whether an export has its rows."""
        return bool(self.of or self.where or self.query)


def about_nobody(**tables: str) -> tuple[Holding, ...]:
    """Tables without a word about people, each with its columns of words."""
    return tuple(Holding(table=table, codes=codes) for table, codes in tables.items())


def by_table(holdings: Iterable[Holding]) -> dict[str, Holding]:
    """
    Raises:
        ValueError: a table is declared twice.
    """
    found: dict[str, Holding] = {}
    for holding in holdings:
        if holding.table in found:
            raise ValueError(f"{holding.table} is declared twice")
        found[holding.table] = holding
    return found
