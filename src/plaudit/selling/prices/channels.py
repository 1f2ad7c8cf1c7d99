"""Where coins are sold: on the web, and in app stores, each of which its plug-in describes."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from plaudit.languages.speaking import later
from plaudit.plugins import Plugin, plugins
from plaudit.selling.prices.points import Ladders, any_amount
from plaudit.selling.prices.pricing import WEB, Channel, Price
from plaudit.settings import Settings


class RefundDesk(msgspec.Struct, frozen=True):
    """Where buyers ask a store for their money: what it is called, its address, and what to do there."""

    store: str
    url: str
    steps: str


class ChannelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known of a channel. Each but the web is an app store."""

    code: Channel
    """Its name in price books and orders: it stays."""
    title: str
    """What operators read."""
    place: str
    """What buyers read behind “paid”, such as “in the Acme app”; noted for the catalogues by `later`."""
    fee_bps: int
    """What it is expected to keep of a payment, in a price book that is made here."""
    fee_fixed_us_cents: int = 0
    """What it is expected to keep of each payment beside that."""
    seller: str = ""
    """Who sells, as a confirmation of a purchase in the store names it."""
    refund_desk: RefundDesk | None = None
    ladder_of: Ladders = any_amount
    """What it sells at in a currency."""
    is_refunded_here: bool = True
    """Whether operators can give money back; without, only the store does, on its own word."""

    @property
    def is_store(self) -> bool:
        """Whether an app store sells, gives its fee back with what it takes back, and wants to be told of the coins."""
        return self.code != WEB


@dataclass(frozen=True, kw_only=True)
class ChannelPlugin(Plugin):
    """A plug-in whose provider may be an app store, with a channel of its own."""

    channel: ChannelInfo | None = None


THE_WEB = ChannelInfo(code=WEB, title="Web", place=later("on the web"), fee_bps=290, fee_fixed_us_cents=30)


def channels() -> dict[Channel, ChannelInfo]:
    """All channels there can be here by their codes, the web first."""
    stores = [one.channel for one in plugins(ChannelPlugin) if one.channel]
    return {one.code: one for one in (THE_WEB, *stores)}


def channel_of(code: Channel) -> ChannelInfo:
    """A channel that something was sold in; of a store whose plug-in is here no more, only that it is one."""
    name = code.capitalize()
    gone = ChannelInfo(code=code, title=name, place=name, fee_bps=0, seller=name, is_refunded_here=False)
    return channels().get(code, gone)


def channels_of(settings: Settings) -> frozenset[Channel]:
    """The channels of a server: a store is one as soon as the settings name the app that sells there."""
    described = [one for one in plugins(ChannelPlugin) if settings.describe(one)]
    return frozenset({WEB, *(one.channel.code for one in described if one.channel)})


def as_sold(prices: Sequence[Price], settings: Settings) -> list[Price]:
    """Prices of the channels of this server. Without an app nothing is said to be cheaper than in one."""
    channels = channels_of(settings)
    sold = [price for price in prices if price.channel in channels]
    return sold if channels - {WEB} else [_without_claims(price) for price in sold]


def _without_claims(price: Price) -> Price:
    packages = (msgspec.structs.replace(package, saving_percent=None) for package in price.packages)
    return msgspec.structs.replace(price, packages=tuple(packages))
