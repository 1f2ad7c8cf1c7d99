"""What may be asked of the rules, what they know of a person, and what they answer."""

import enum
from datetime import datetime
from functools import cache
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.languages.speaking import later
from plaudit.problems import Forbidden
from plaudit.rooms import rooms


class RuleAction(msgspec.Struct, frozen=True, kw_only=True):
    """Something that rules speak of; a room brings its own by `actions` of its `ROOM`."""

    name: str
    title: str
    """What it is called, as the beginning of a sentence."""
    takes: str | None = None
    """What the other one does by it: rules of both hold."""
    like: str | None = None
    """The action whose rule holds where a pack does not name this one. Without it every pack must."""


BUY = RuleAction(name="buy", title=later("Buying coins"))
RECEIVE = RuleAction(name="receive", title=later("Receiving gifts"))
GIFT_ROOM = RuleAction(name="gift_room", title=later("Sending gifts in a live room"), takes="receive")
GIFT_VIDEO = RuleAction(name="gift_video", title=later("Sending gifts on a video"), takes="receive")
MESSAGE = RuleAction(name="message", title=later("Sending words with a gift"))
CONVERT = RuleAction(name="convert", title=later("Turning gifts into diamonds"))
CASH_OUT = RuleAction(name="cash_out", title=later("Cashing out"))
PLAY_MATCH = RuleAction(name="play_match", title=later("Playing in a match"))
OPEN_BOX = RuleAction(name="open_box", title=later("Opening a box"))
SELL_CONTENT = RuleAction(name="sell_content", title=later("Selling content"))
UNLOCK = RuleAction(name="unlock", title=later("Unlocking content"), takes="sell_content")
SUBSCRIBE = RuleAction(name="subscribe", title=later("Subscribing"), takes="receive")

ACTIONS = (
    BUY, GIFT_ROOM, GIFT_VIDEO, MESSAGE, RECEIVE, CONVERT, CASH_OUT, PLAY_MATCH, OPEN_BOX, UNLOCK, SELL_CONTENT,
    SUBSCRIBE,
)  # fmt: skip


@cache
def brought_actions() -> dict[str, RuleAction]:
    """Those of all rooms, by name."""
    found = (action for room in rooms() if room.actions for action in room.bring(room.actions))
    return {action.name: action for action in found}


class Level(enum.IntEnum):
    """How sure an age is."""

    INFERRED = 0
    """Nobody says so: it follows from something else, such as a credit card. Only a rule that names it takes it."""
    CLAIMED = 1
    """Somebody says so: the person, or their platform."""
    CHECKED = 2
    """Somebody looked: a store's account, a card, an estimate."""
    VERIFIED = 3
    """A document, or who issues them, proves it; with their real name, where the law asks for it."""


LEVELS = {level.name.lower(): level for level in Level}


class AgeFact(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an age, in whole years: `at_least`, and below `under`. Never a birthday."""

    at_least: int
    under: int | None
    level: Level
    method: str
    """How it was found, such as `platform`."""
    source: str
    """Who says so."""
    until: datetime | None = None
    """From when it proves nothing more."""

    def holds(self, at: datetime) -> bool:
        return self.until is None or at < self.until


class StoreConsent(enum.StrEnum):
    """What a guardian at an app store says, of all that the app does."""

    GIVEN = "given"
    WITHHELD = "withheld"
    """Not yet, not at all, or not any more."""


NOWHERE: frozenset[str] = frozenset()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What rules know of somebody."""

    person_id: int
    country: str | None = None
    """Where their platform says that they are; ISO 3166 alpha-2."""
    subdivision: str | None = None
    """In which part of it, of ISO 3166-2 without the country."""
    age: AgeFact | None = None
    language: str | None = None
    """What they read, as a tag of BCP 47."""
    consents: frozenset[str] = frozenset()
    """Names of the actions that somebody who answers for them agrees to."""
    store_consent: StoreConsent | None = None
    """What whoever answers for them in an app store says; None: nobody does."""
    silent_source: str | None = None
    """Who was asked how old they are and does not answer."""

    @property
    def places(self) -> frozenset[str]:
        """The country and its part, as packs name them: US, US-TX."""
        if self.country is None:
            return NOWHERE
        part = f"{self.country}-{self.subdivision}" if self.subdivision else self.country
        return frozenset({self.country, part})


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where both are beside what their platforms say, as far as evidence names countries, and where the payer's card
    was issued. The rules of each place hold."""

    giver: frozenset[str] = NOWHERE
    receiver: frozenset[str] = NOWHERE
    card: str | None = None


class Outcome(enum.StrEnum):
    ALLOW = "allow"
    ASK = "ask"
    """Something has to be shown first."""
    REFUSE = "refuse"


class Reason(enum.StrEnum):
    """Why; stable codes."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"
    """Nobody may where they are."""
    TOO_YOUNG = "too_young"
    GUARDIAN_NEEDED = "guardian_needed"
    """At their age it takes a guardian, and none agreed; or the one at their app store does not, or not any more."""
    AGE_UNKNOWN = "age_unknown"
    """Nobody said how old they are, or not clearly enough, or the proof is over."""
    AGE_NOT_SURE = "age_not_sure"
    """Somebody said so, but the place wants better proof."""
    AGE_SOURCE_SILENT = "age_source_silent"
    """The same, and who was asked for it does not answer."""
    COUNTRY_UNKNOWN = "country_unknown"
    NO_RULES = "no_rules"
    """There is no pack for where they are."""
    CAP_DAY = "cap_day"
    """They paid, or would, more in 24 hours than one person may there."""
    CAP_MONTH = "cap_month"
    """The same in 31 days."""
    FUNDED_DAY = "funded_day"
    """More in 24 hours than the operator lets one person pay there."""
    OTHER_SIDE = "other_side"
    """It is about the other one; of whom nobody else is told how old they are, or where."""


Side = Literal["own", "other"]


class RuleDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules answer, and which of them it was."""

    outcome: Outcome
    action: str
    """Whose rule it was: of the other side, what they do."""
    reason: Reason
    side: Side = "own"
    country: str | None = None
    """Whose rule it was; None: of no country."""
    version: int | None = None
    """Of the country's pack; 0: it came with Plaudit. None: there is none."""
    age: int | None = None
    """Of the rule, in years."""

    @property
    def rule(self) -> str:
        """The id of the rule: `KR.buy.too_young`."""
        return f"{self.country or 'XX'}.{self.action}.{self.reason}"


class RuleFields(msgspec.Struct, frozen=True):
    """What a refusal says."""

    rule: Annotated[str, Meta(description="The rule: country, action and reason.", examples=["KR.buy.too_young"])]
    action: Annotated[str, Meta(description="What it is a rule of.", examples=["buy"])]
    reason: Annotated[Reason, Meta(description="Why.")]
    side: Annotated[Side, Meta(description="Whether it is about the caller or about the other one.")]
    version: Annotated[int | None, Meta(description="Of the country's pack; 0: it came with Plaudit.")]
    what_to_do: Annotated[str, Meta(description="What can be done about it, in the caller's language; may be empty.")]
    link: Annotated[str, Meta(description="A page that says what works for the caller, and why.", examples=["/rules"])]
    age: Annotated[int, Meta(description="From which age it is allowed.")] | UnsetType = UNSET


class RulesRefuse(Forbidden):
    """It may not be done where somebody is, or not at their age."""

    code: ClassVar[str] = "rules_refuse"
    title: ClassVar[str] = "This is not allowed where you are, or not at your age."
    Fields = RuleFields


class RulesAsk(Forbidden):
    """Something has to be shown first: an age, or a country."""

    code: ClassVar[str] = "rules_ask"
    title: ClassVar[str] = "Show first how old you are, or where."
    Fields = RuleFields


STOPPED = (RulesRefuse, RulesAsk)
"""By which rules stop what somebody would do."""
