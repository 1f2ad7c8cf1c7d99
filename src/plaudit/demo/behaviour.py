"""How the crowd behaves, as `behaviour.toml` describes it."""

from pathlib import Path
from random import Random

import msgspec

from plaudit.demo.cast import read_toml

_BEHAVIOUR_FILE = Path(__file__).with_name("behaviour.toml")


class Viewing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stay_s: float
    pause_s: float
    arrive_within_s: float
    chat_every_s: float
    gift_every_s: float
    video_gift_every_s: float
    rest_share: float
    answer_share: float
    answer_within_s: tuple[float, float]
    hello_share: float
    bye_share: float
    late_start_s: float


class ComboHabit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    share: float
    taps: tuple[int, int]
    pause_s: tuple[float, float]
    reaction_at: int


class Spender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody buys, and the dearest small and large item they send."""

    name: str
    weight: int
    packages: list[int]
    item_coins_max: int
    large_share: float
    large_coins_max: int = 999


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test card of the sandbox."""

    number: str
    weight: int


class CreatorHabit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    talk_every_s: float
    thank_share: float
    thank_pause_s: float
    answer_share: float
    convert_every_s: float
    convert_share: float
    payout_every_s: float
    payout_share: float


class Regret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    every_s: float
    withdraw_share: float
    warn_share: float
    decide_after_s: float
    won_share: float


class OperatorHabit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    look_every_s: float
    approve_diamonds_max: int


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package somebody buys, and the items they send a creator for it."""

    creator: str
    package: int
    items: list[str]


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens before the crowd arrives, at the first start: openings first, then `buyers` of all sorts."""

    opening: list[Opening]
    buyers: int
    at_once: int
    gifts: tuple[int, int]
    lavish_every: int


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    viewing: Viewing
    combo: ComboHabit
    spender: list[Spender]
    card: list[Card]
    home_card: dict[str, str]
    """By country, a card issued there that pays; most people have one."""
    creator: CreatorHabit
    regret: Regret
    operator: OperatorHabit
    history: History

    def choose_spender(self, random: Random) -> Spender:
        return random.choices(self.spender, [spender.weight for spender in self.spender])[0]

    def choose_card(self, random: Random) -> str:
        return random.choices(self.card, [card.weight for card in self.card])[0].number

    @property
    def good_card(self) -> str:
        """The one that is used most, and pays."""
        return max(self.card, key=lambda card: card.weight).number

    def card_at_home(self, country: str, card: str) -> str:
        """The card somebody of a country has instead of the good one; any other card stays."""
        return self.home_card.get(country, card) if card == self.good_card else card


def read_behaviour() -> Behaviour:
    """The behaviour of the file beside this module."""
    behaviour: Behaviour = read_toml(_BEHAVIOUR_FILE, Behaviour)
    return behaviour
