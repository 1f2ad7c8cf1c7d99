"""Conversions, clawbacks, settings of creators, reward rules."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.creators import actions, clawback
from plaudit.creators.decisions import REWARD_RULE
from plaudit.creators.model import (
    BelowConversionMinimum,
    ClawbackEntry,
    ClawedGift,
    Conversion,
    CreatorSetting,
    InsufficientGiftBalance,
    NewRewardRule,
    RewardChanged,
    RewardRule,
)
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.model import REFUSED
from plaudit.exchange.margin import SoldBelowPayout
from plaudit.ids import IdMeta, id_text
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import CONVERSION_COINS_MAX, PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_NUMBER, BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import InvalidField, StandsStill
from plaudit.rules.model import STOPPED

_TAGS = ["Creators"]


class NewConversion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to convert: a number of coins, or all of the gift balance."""

    id: Annotated[UUID, Meta(description="UUID of version 7, made by the caller; repeating it repeats the answer.")]
    coins: Annotated[int, Meta(ge=1, le=CONVERSION_COINS_MAX, description="Coins of the gift balance.")] | None = None
    all: Annotated[bool, Meta(description="Convert all there is then, instead of `coins`.")] = False
    diamonds: (
        Annotated[int, Meta(ge=1, le=2**63 - 1, description="What was shown for them: it is refused for any other.")]
        | None
    ) = None


class ConversionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that became diamonds."""

    id: UUID
    coins: Annotated[int, Meta(description="What left the gift balance: the coins that make whole diamonds.")]
    diamonds: int
    rule_version: Annotated[int, Meta(description="The reward rule it was done at.")]
    converted_at: datetime
    matures_at: Annotated[datetime, Meta(description="When the diamonds become available.")]
    matured_at: Annotated[datetime | None, Meta(description="When they did.")]


class ClawedGiftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A gift, some coins of which were taken back."""

    gift_id: UUID
    sender_id: Annotated[
        str,
        Meta(
            description="`0`, without a name, when the sender hides in any gift of the reversal: all are one person's."
        ),
    ]
    sender_name: str
    room_id: str | None
    video_id: str | None
    item_id: int
    coins: Annotated[int, Meta(description="Of its coins; the rest was paid by other money.")]
    marked_at: datetime
    lifted_at: Annotated[datetime | None, Meta(description="When they came again: the money stayed after all.")]

    @classmethod
    def of(cls, gift: ClawedGift) -> "ClawedGiftAnswer":
        return cls(
            gift_id=gift.gift_id,
            sender_id=str(gift.viewer_id),
            sender_name=gift.sender_name,
            room_id=id_text(gift.room_id),
            video_id=id_text(gift.video_id),
            item_id=gift.item_id,
            coins=gift.coins,
            marked_at=gift.marked_at,
            lifted_at=gift.lifted_at,
        )


class SettingChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a creator decides."""

    automatic_conversion: Annotated[bool, Meta(description="Convert the gift balance without being asked.")]


class RewardRuleProposal(NewRewardRule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reward rule somebody proposes."""

    id: Annotated[UUID, IdMeta] | None = None


def _answer(conversion: Conversion) -> ConversionAnswer:
    return ConversionAnswer(
        id=conversion.id,
        coins=conversion.coins,
        diamonds=conversion.diamonds,
        rule_version=conversion.rule_version,
        converted_at=conversion.converted_at,
        matures_at=conversion.matures_at,
        matured_at=conversion.matured_at,
    )


@post(
    "/v1/conversions",
    access=Access.CREATOR,
    scope=Scope.PAYOUTS,
    operation_id="Convert",
    tags=_TAGS,
    summary="Turn gift balance into diamonds",
    problems=(BelowConversionMinimum, InsufficientGiftBalance, RewardChanged, StandsStill, *STOPPED),
)
async def convert(
    data: JSONBody[NewConversion], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> ConversionAnswer:
    """Idempotent by `id`. The diamonds are pending until they mature."""
    if data.all == (data.coins is not None):
        raise InvalidField(field="body.coins", reason="must be given, or `all` must be true, and not both")
    async with database.transaction() as connection:
        return _answer(
            await actions.convert(
                connection,
                clock,
                conversion_id=data.id,
                creator_id=caller.person_id,
                coins=data.coins,
                diamonds_shown=data.diamonds,
                ask_stops=settings.rules_ask_stops,
            )
        )


@get(
    "/v1/conversions",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListConversions",
    tags=_TAGS,
    summary="My conversions",
)
async def list_conversions(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[ConversionAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await actions.list_conversions(connection, caller.person_id, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.converted_at, one.id), _answer)


@get(
    "/v1/conversions/{conversion_id:uuid}",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="GetConversion",
    tags=_TAGS,
    summary="One of my conversions",
)
async def get_conversion(conversion_id: FromPath[UUID], caller: Caller, database: Database) -> ConversionAnswer:
    """Whether it has matured."""
    async with database.read() as connection:
        return _answer(await actions.find_conversion(connection, caller.person_id, conversion_id))


@get(
    "/v1/creators/me/clawbacks",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListClawbacks",
    tags=_TAGS,
    summary="What was taken back from me",
)
async def list_clawbacks(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[ClawbackEntry]:
    """When the money of gifts goes back to whoever paid, their coins leave the gift balance first, then the diamonds
    of the latest conversions. Newest first."""
    async with database.read() as connection:
        found = await clawback.list_clawbacks(connection, caller.person_id, BY_TIME.after(cursor), limit + 1)
    return Page(found[:limit], BY_TIME.next(found, limit, lambda one: (one.taken_at, one.reversal_id)))


@get(
    "/v1/creators/me/clawbacks/{reversal_id:uuid}/gifts",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListClawedGifts",
    tags=_TAGS,
    summary="The gifts behind what was taken back",
)
async def list_clawed_gifts(
    reversal_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ClawedGiftAnswer]:
    """The largest first; empty when none of the reversal's gifts went to me."""
    async with database.read() as connection:
        found = await clawback.clawed_gifts(
            connection, caller.person_id, reversal_id, clawback.LARGEST_FIRST.after(cursor), limit + 1
        )
    return clawback.LARGEST_FIRST.page(found, limit, lambda gift: (gift.coins, gift.gift_id), ClawedGiftAnswer.of)


@get(
    "/v1/creators/me/settings",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="GetCreatorSettings",
    tags=_TAGS,
    summary="What I decided",
)
async def get_settings(caller: Caller, database: Database) -> CreatorSetting:
    """The defaults, for a creator who has decided nothing."""
    async with database.read() as connection:
        return await actions.setting_of(connection, caller.person_id)


@patch(
    "/v1/creators/me/settings",
    access=Access.CREATOR,
    scope=Scope.PAYOUTS,
    operation_id="ChangeCreatorSettings",
    tags=_TAGS,
    summary="Decide",
)
async def change_settings(data: JSONBody[SettingChange], caller: Caller, database: Database) -> CreatorSetting:
    """With automatic conversion, coins become diamonds within a minute of their delivery."""
    async with database.transaction() as connection:
        return await actions.set_automatic_conversion(connection, caller.person_id, data.automatic_conversion)


@get(
    "/v1/reward-rules/current",
    access=frozenset({Access.CREATOR, Access.OPERATOR}),
    scope=Scope.MONEY_READ,
    operation_id="GetCurrentRewardRule",
    tags=_TAGS,
    summary="What coins become now",
)
async def get_current_rule(database: Database, clock: Clock) -> RewardRule:
    """The rule the next conversion is done at."""
    async with database.read() as connection:
        return await actions.current_rule(connection, clock)


@get(
    "/v1/reward-rules",
    access=frozenset({Access.CREATOR, Access.OPERATOR}),
    scope=Scope.MONEY_READ,
    operation_id="ListRewardRules",
    tags=_TAGS,
    summary="All reward rules",
)
async def list_rules(
    database: Database,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[RewardRule]:
    """Newest first, those that are not in effect yet included."""
    async with database.read() as connection:
        found = await actions.list_rules(connection, BY_NUMBER.after(cursor), limit + 1)
    return Page(found[:limit], BY_NUMBER.next(found, limit, lambda rule: rule.version))


@post(
    "/v1/reward-rules",
    access=Access.FINANCE,
    operation_id="RecordRewardRule",
    tags=_TAGS,
    summary="Propose a reward rule",
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(*REFUSED, SoldBelowPayout),
)
async def record_rule(
    data: JSONBody[RewardRuleProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[RewardRule]:
    """202 with the decision that waits for another operator; 201 with the rule where one decides alone. Rules are never
    changed: the new one takes over when it takes effect. What was converted keeps its own. Refused
    when creators could be paid more for coins than they bring, after tax and fees, anywhere that they are sold."""
    proposal = Proposal(data.id, content_of(data, NewRewardRule), data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, REWARD_RULE, await ask(connection, clock, house, REWARD_RULE, proposal))


_HANDLERS: list[Any] = [
    convert,
    list_conversions,
    get_conversion,
    list_clawbacks,
    list_clawed_gifts,
    get_settings,
    change_settings,
    get_current_rule,
    list_rules,
    record_rule,
]
router = Router("/", route_handlers=_HANDLERS)
