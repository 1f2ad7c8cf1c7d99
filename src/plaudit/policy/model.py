"""Where somebody is: evidence of a country, what is decided from it, and why."""

import enum
from datetime import datetime
from uuid import UUID

import msgspec


class EvidenceSource(enum.StrEnum):
    """Where a sign of somebody's country comes from."""

    STORE_FRONT = "store_front"
    """The country of the app store's account that paid."""
    CARD_ISSUER = "card_issuer"
    """The country of the bank that issued the card."""
    PAYER_ADDRESS = "payer_address"
    """The country of the payer's account at the payment provider."""
    BILLING_ADDRESS = "billing_address"
    """The country of the billing address the buyer typed."""
    IP = "ip"
    """The country of the network address."""
    ACCOUNT = "account"
    """The country in the identity the host vouches for."""


class NetworkKind(enum.StrEnum):
    """What is known of the network somebody comes from."""

    PLAIN = "plain"
    """A mounted database of anonymising networks does not list it."""
    RELAY = "relay"
    """A privacy relay that keeps the country, as iCloud Private Relay does: people at home."""
    RESIDENTIAL_PROXY = "residential_proxy"
    """A household's line that others may be coming through."""
    HOSTING = "hosting"
    PUBLIC_PROXY = "public_proxy"
    VPN = "vpn"
    TOR = "tor"
    ANONYMOUS = "anonymous"
    """It hides who comes through it; how is not said."""
    UNKNOWN = "unknown"
    """No database was asked. That is never taken for plain."""


ANONYMISING = frozenset(
    {NetworkKind.HOSTING, NetworkKind.PUBLIC_PROXY, NetworkKind.VPN, NetworkKind.TOR, NetworkKind.ANONYMOUS}
)


class Strength(enum.IntEnum):
    """What a sign weighs."""

    NONE = 0
    """It says nothing: no country, too old, or from a network that hides it."""
    WEAK = 1
    """It may speak for a dearer region, never alone for a cheaper one."""
    FAIR = 2
    """It counts when nothing stronger is known."""
    STRONG = 3
    """Somebody other than the buyer vouches for it."""
    DECISIVE = 4
    """The sale itself happens there."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One sign of somebody's country. `country`: ISO 3166 alpha-2; None when the source was asked and does not know."""

    source: EvidenceSource
    country: str | None
    observed_at: datetime
    detail: str = ""
    """What the source said beside it, for people who look into a decision; never an address or a card number."""
    network_kind: NetworkKind | None = None
    """Of the source `ip` only."""


class WeighedEvidence(Evidence, frozen=True, kw_only=True):
    """A sign as a decision took it."""

    strength: Strength


class UnseenPayers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may pay a price in a way that does not show where its payer is before the money is taken."""

    anybody: bool = True
    """Whether it is not below the buyer's own."""
    regions: dict[str, bool] = {}
    """Of each region with prices, whether its people may: it is not below theirs."""
    elsewhere: bool = True

    def include(self, country: str | None) -> bool:
        """Whether people of a country may; None: of one that nobody knows."""
        return self.anybody if country is None else self.regions.get(country, self.elsewhere)


class Outcome(enum.StrEnum):
    """What is decided: about the price that is shown, and about a payment that is authorised."""

    ALLOW = "allow"
    """These prices hold."""
    ASK = "ask"
    """These prices hold until better evidence comes; of a payment: nothing is taken until then."""
    REFUSE = "refuse"
    """Nothing is sold."""
    CAPTURE = "capture"
    """The payment may be taken."""
    REPRICE = "reprice"
    """The payment shows a region that costs more: nothing is taken, and its price can be paid instead."""


class Basis(enum.StrEnum):
    """What a region was decided by."""

    STORE_FRONT = "store_front"
    CARD = "card"
    IDENTITY = "identity"
    NETWORK = "network"
    REQUESTED = "requested"
    DEFAULT = "default"
    BILLING = "billing"
    """Of payments only: the billing address."""


class Reason(enum.StrEnum):
    """Why; stable codes."""

    STORE_DECIDES = "store_decides"
    """The app store's own price holds."""
    CARD_COUNTRY = "card_country"
    """The card, or the payer's account, is of there."""
    ACCOUNT_COUNTRY = "account_country"
    """The host says so."""
    NETWORK_COUNTRY = "network_country"
    """The connection is there."""
    CHOSEN = "chosen"
    """The buyer asked for it, and it is not cheaper."""
    NOTHING_KNOWN = "nothing_known"
    """No sign names a country that counts."""
    COUNTRIES_DIFFER = "countries_differ"
    """Signs name several countries: the dearest of their prices holds."""
    ANONYMISING_NETWORK = "anonymising_network"
    """The connection hides where it comes from."""
    NETWORK_NOT_PROVED = "network_not_proved"
    """Whether the connection hides where it comes from is unknown, so that its country does not count alone."""
    NO_PRICES_THERE = "no_prices_there"
    """There are none for a country that was named: those of the default region hold."""
    CHEAPER_NEEDS_EVIDENCE = "cheaper_needs_evidence"
    """The region the buyer asked for is cheaper, and nothing shows that it is theirs."""
    COUNTRY_REFUSED = "country_refused"
    """The operator sells nothing there."""
    CARD_SUPPORTS_PRICE = "card_supports_price"
    PRICE_NOT_CHEAPER = "price_not_cheaper"
    """What was quoted is not cheaper than the region that was found."""
    CARD_COSTS_MORE = "card_costs_more"
    """The card's region costs more than was quoted."""
    CARD_UNKNOWN = "card_unknown"
    """The payment does not say where the card is from."""
    BILLING_COUNTRY = "billing_country"
    """The billing address names a region that costs more than was quoted."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule says. `sought`: the cheaper region whose prices stronger evidence would bring."""

    outcome: Outcome
    region: str
    basis: Basis
    reasons: tuple[Reason, ...]
    sought: str | None = None


class DatabaseVersion(msgspec.Struct, frozen=True):
    """Which database was asked."""

    type: str
    built_at: datetime


class RegionDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is kept, with all it rests on. It is never changed."""

    shard: int
    person_id: int
    decision_id: UUID
    decided_at: datetime
    kind: str
    """quote: which prices are shown; payment: whether an authorised payment is taken."""
    order_id: UUID | None
    payment_id: str | None
    outcome: Outcome
    region: str
    """Whose prices hold, or would be right for the payment."""
    quoted_region: str | None
    """Of a payment: whose price was quoted."""
    sought_region: str | None
    basis: Basis
    reasons: list[Reason]
    evidence: list[WeighedEvidence]
    network: str | None
    """The buyer's network, cut to /24 or /48."""
    rule_version: int
    book_version: int
    databases: dict[str, DatabaseVersion]
