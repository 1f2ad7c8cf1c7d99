"""Types and errors of creators: reward rules, conversions, balances."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.limits import MATURITY_S_MAX, NOTE_LENGTH_MAX, RULE_TERM_MAX
from plaudit.moments import Moment
from plaudit.money import round_down, round_up
from plaudit.problems import Conflict


class RewardRule(msgspec.Struct, frozen=True):
    """What coins become: `diamonds = floor(coins * numerator / denominator)`, pending for `maturity_s` seconds."""

    version: int
    numerator: int
    denominator: int
    maturity_s: int
    coins_min: int
    effective_at: datetime
    note: str

    @property
    def coins_needed(self) -> int:
        """The fewest coins a conversion takes: the rule's minimum, and enough for one diamond."""
        return max(self.coins_min, round_up(Fraction(self.denominator, self.numerator)))

    def reward(self, coins: int) -> tuple[int, int]:
        """The coins that make whole diamonds, and the diamonds; what is left of `coins` stays in the gift balance."""
        ratio = Fraction(self.numerator, self.denominator)
        diamonds = round_down(coins * ratio)
        return round_up(diamonds / ratio), diamonds


class NewRewardRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reward rule as an operator decides it."""

    numerator: Annotated[int, Meta(ge=1, le=RULE_TERM_MAX, description="Diamonds for `denominator` coins.")]
    denominator: Annotated[int, Meta(ge=1, le=RULE_TERM_MAX, description="Coins for `numerator` diamonds.")]
    maturity_s: Annotated[int, Meta(ge=0, le=MATURITY_S_MAX, description="How long diamonds stay pending.")]
    coins_min: Annotated[int, Meta(ge=1, le=RULE_TERM_MAX, description="The smallest conversion.")] = 1
    effective_at: Annotated[Moment, Meta(description="From when; null: at once. Never in the past.")] | None = None
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, description="Why, for later readers.")]


class Conversion(msgspec.Struct, frozen=True):
    """Gift balance that became diamonds; `coins_requested` is None when all of it was asked for."""

    id: UUID
    creator_id: int
    coins_requested: int | None
    coins: int
    diamonds: int
    rule_version: int
    converted_at: datetime
    matures_at: datetime
    matured_at: datetime | None


class Balance(msgspec.Struct, frozen=True):
    """What a creator has: coins received in all, taken back of them, not yet converted, and granted ones, which never
    are; diamonds by where they are.

    `available` is below zero when more was taken back than was there: what matures later pays it off.
    """

    received: int
    gift_balance: int
    promotional: int
    taken_back: int
    pending: int
    available: int
    in_payout: int
    redeemed: int


class FrozenEarnings(msgspec.Struct, frozen=True):
    """What a creator has and stands still: coins of gifts in the gift balance, and available diamonds of rewards."""

    coins: int
    diamonds: int


class Clawback(msgspec.Struct, frozen=True):
    """Coins of gifts to one creator that one reversal takes from the creator, or returns; `tries` counts this one.

    `shard` is the viewer's.
    """

    shard: int
    reversal_id: UUID
    creator_id: int
    direction: Literal["take", "return"]
    coins: int
    queued_at: datetime
    tries: int
    leased_until: datetime


class ClawedConversion(msgspec.Struct, frozen=True):
    """A conversion, and what of it was clawed back."""

    id: UUID
    coins: int
    diamonds: int
    coins_clawed: int
    diamonds_clawed: int
    is_pending: bool

    def diamonds_of(self, coins: int) -> int:
        """The diamonds these of its coins stand for: all of them for all of its coins."""
        return round_down(Fraction(self.diamonds * coins, self.coins))


class ClawbackPart(msgspec.Struct, frozen=True):
    """What was taken from one conversion, or from the gift balance (no conversion)."""

    reference: UUID
    conversion_id: UUID | None
    coins: int


class ClawbackEntry(msgspec.Struct, frozen=True):
    """What one reversal took from a creator: coins, and the diamonds those had become."""

    reversal_id: UUID
    taken_at: datetime
    returned_at: datetime | None
    coins: int
    from_gift_balance: int
    diamonds: int
    diamonds_returned: int


class ClawedGift(msgspec.Struct, frozen=True):
    """A gift some coins of which were taken back; `lifted_at`: when they came again."""

    gift_id: UUID
    viewer_id: int
    """Nobody's, with an empty name, when the sender hides in any gift of the reversal."""
    sender_name: str
    room_id: int | None
    video_id: int | None
    item_id: int
    coins: int
    marked_at: datetime
    lifted_at: datetime | None


class GiftTakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A gift whose coins, or some of them, a reversal took back, as who earned `gift_coins` of it is shown it;
    `lifted_at`: when they came again."""

    reversal_id: UUID
    gift_id: UUID
    sender_name: str
    """Empty as above."""
    sender_avatar: str
    item_name: str | None
    item_art: str | None
    count: int
    gift_coins: int
    coins: int
    charged_at: datetime
    room_id: int | None
    room_title: str | None
    video_id: int | None
    video_title: str | None
    marked_at: datetime
    lifted_at: datetime | None


class Earning(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of a creator's diamonds, or of gift balance that was taken back; `coins` are what it rests on."""

    reference: UUID
    reason: str
    diamonds: int
    at: datetime
    coins: int | None


class Maturing(msgspec.Struct, frozen=True):
    """Diamonds that become available at one moment."""

    matures_at: datetime
    diamonds: int


class DueMaturity(msgspec.Struct, frozen=True):
    """A conversion whose diamonds are to become available; `tries` counts this one."""

    creator_id: int
    conversion_id: UUID
    tries: int
    leased_until: datetime


class DueConversion(msgspec.Struct, frozen=True):
    """A creator whose gift balance is to be converted unasked; `tries` counts this one."""

    creator_id: int
    tries: int
    leased_until: datetime


class CreatorSetting(msgspec.Struct, frozen=True):
    """What a creator decided: whether the gift balance is converted without being asked."""

    automatic_conversion: bool = False


class InsufficientGiftBalance(Conflict):
    code = "insufficient_gift_balance"
    title = "The gift balance does not hold that many coins."

    class Fields(msgspec.Struct, frozen=True):
        coins_short: int


class RewardChanged(Conflict):
    code = "reward_changed"
    title = "These coins make another number of diamonds now."

    class Fields(msgspec.Struct, frozen=True):
        diamonds: int


class BelowConversionMinimum(Conflict):
    code = "below_conversion_minimum"
    title = "That is too little for a conversion."

    class Fields(msgspec.Struct, frozen=True):
        coins_min: int
        coins: int
