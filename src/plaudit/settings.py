"""What the operator decides about a process: read once, checked, then frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar
from urllib.parse import urlsplit

from plaudit import plugins
from plaudit.environment import Found, SettingsError, SetupError, gather
from plaudit.limits import (
    CONNECTIONS_MAX,
    DATABASE_CONNECTIONS,
    DATABASE_JOB_CONNECTIONS,
    DATABASE_STATEMENT_TIMEOUT_MS,
    GUEST_SOCKETS_PER_ADDRESS,
    HEAD_SIGNING_KEY_BYTES,
    METRICS_TOKEN_LENGTH_MIN,
    ORDERS_PER_HOUR,
    PAPERS_PER_HOUR,
    PAYOUT_METHOD_HOLD_HOURS,
    QUOTE_KEY_LENGTH_MIN,
    QUOTES_PER_HOUR,
    REQUEST_BODY_S_MAX,
    REQUEST_HEAD_BYTES_MAX,
    REQUEST_HEAD_S_MAX,
    ROOMS_PER_CREATOR,
    ROOMS_WATCHED_PER_CREATOR,
    SCREENING_DAYS,
    SOCKETS_MAX,
    STEP_UP_MAX_AGE_S,
    STEP_UP_PAYOUT_DIAMONDS,
    STREAM_SECRET_LENGTH_MIN,
    TOKEN_LIFE_S_MAX,
    VAULT_KEY_LENGTH_MIN,
)
from plaudit.setting_kinds import (
    NOT_SET,
    Secret,
    accent_colour,
    acr_values,
    address,
    app_ids,
    bytes_in_base64,
    countries,
    country,
    country_amounts,
    currency_and_pairs,
    database,
    email_address,
    file,
    host_names,
    hosts,
    hour,
    key,
    legal_addresses,
    mail_or_address,
    matching,
    networks,
    one_of,
    origins,
    periods,
    port,
    public_address,
    rtmp_address,
    safe_address,
    secret_keys,
    secret_pairs,
    sign_in_address,
    some_of,
    webhook_secret,
    whole,
    yes_or_no,
)
from plaudit.setting_sections import Section, Setting, given_to, settings_of, variable_of

__all__ = ["Secret", "Settings", "SettingsError", "SetupError", "variable_of"]

S = TypeVar("S", bound=Section)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process; that of `public_url` is the variable PLAUDIT_PUBLIC_URL, only DATABASE_URL is bare."""

    prefix: ClassVar[str] = ""

    database_url: Annotated[Secret, database] = NOT_SET
    """A PostgreSQL, 15 or later, as the login `plaudit_app`, which owns nothing. Empty: the embedded one, in `data`."""

    owner_database_url: Annotated[Secret, database] = NOT_SET
    """The same database as the login that owns its tables: for `plaudit migrate` and whoever says who may come in. Not
    for `plaudit serve`. Empty: that of DATABASE_URL."""

    data: Path = Path("data")
    """The folder of the embedded database and of keys made here."""

    public_url: Annotated[str, public_address] = "http://127.0.0.1:8000"
    """Where people reach this server, without a slash at the end."""

    database_connections: int = DATABASE_CONNECTIONS
    """Connections of one process to the database for those who ask. Jobs and screens have others."""

    job_connections: int = DATABASE_JOB_CONNECTIONS
    """Connections of one process to the database for its jobs."""

    statement_timeout_ms: int = DATABASE_STATEMENT_TIMEOUT_MS
    """After how long the database gives up on one statement."""

    connections: int = CONNECTIONS_MAX
    """Connections of clients one process holds open, sockets included; fewer where the system lets it open fewer files.
    Beyond, who has said nothing for longest is let go."""

    request_head_bytes: Annotated[int, whole(1_024)] = REQUEST_HEAD_BYTES_MAX
    """The most that first line and headers of a request may have, in bytes."""

    request_head_s: int = REQUEST_HEAD_S_MAX
    """Seconds a client has to send them."""

    request_body_s: int = REQUEST_BODY_S_MAX
    """Seconds a client has to send the body of a request."""

    sockets: int = SOCKETS_MAX
    """Rooms being watched, by socket or as events, in one process: screens, not people. Guests may take nine of ten."""

    guest_sockets_per_address: int = GUEST_SOCKETS_PER_ADDRESS
    """Rooms that guests from one address of the open internet may watch at once, in one process. Behind a proxy that
    `trusted_proxies` does not name, nobody's address is known, and this holds nobody."""

    token_life_max_s: Annotated[int, whole(60)] = TOKEN_LIFE_S_MAX
    """Seconds a platform's token may be good for, from when it was made; one that is good for longer is refused."""

    operator_role: Annotated[
        str, one_of("owner", "support", "finance", "pricing", "catalogue", "safety", "auditor", "none")
    ] = "owner"
    """What somebody is here of whom a platform says that they are an `operator`."""

    rooms_per_creator: int = ROOMS_PER_CREATOR
    """Rooms of one creator that are scheduled or live."""

    rooms_watched_per_creator: int = ROOMS_WATCHED_PER_CREATOR
    """Rooms of one creator that are watched at once, in one process."""

    metrics_token: Annotated[Secret, key(METRICS_TOKEN_LENGTH_MIN)] = NOT_SET
    """What a reader of /metrics shows as bearer; at least 16 characters. Empty: this machine itself may without."""

    audit_hour: Annotated[int, hour] = 3
    """The hour in UTC, 0 to 23, in which the audit of each day begins: when least is going on."""

    log_format: Annotated[str, one_of("auto", "json", "text")] = "auto"
    """How lines of the log are written: one JSON object each, as text, or `auto`: text on a terminal only."""

    demo_people: Annotated[str, file] = ""
    """A file of people anybody may choose to be on /people, for a demo. Empty: people come from their platforms."""

    client_secrets: Annotated[Secret, secret_pairs] = NOT_SET
    """Secrets of OpenID clients people sign in by, each `client-id=secret`; separated by spaces. A client
    without one is a public client."""

    sign_in_url: Annotated[str, sign_in_address] = ""
    """The platform's own sign-in page, when its server hands people over by code; `{return_to}` in it becomes the
    address to come back to. Empty: people sign in by OpenID Connect only."""

    frame_origins: Annotated[str, origins] = ""
    """Origins of sites that may show our pages in a frame; separated by spaces."""

    api_origins: Annotated[str, origins] = ""
    """Origins of sites whose scripts may call the API, with a token and never by a cookie; separated by spaces."""

    media_origins: Annotated[str, origins] = ""
    """Origins that pictures and streams of the pages may come from beside this server; separated by spaces."""

    stream_rtmp_url: Annotated[str, rtmp_address] = ""
    """What creators enter as the server in their streaming tool, such as rtmp://media.example/live. Empty: streams do
    not come by RTMP."""

    stream_hls_url: Annotated[str, address] = ""
    """The folder in which the media server keeps playlists, such as https://media.example/hls. Pages may load from
    it."""

    stream_secret: Annotated[Secret, key(STREAM_SECRET_LENGTH_MIN)] = NOT_SET
    """What the media server shows when it asks who may stream (`?secret=` of its callbacks); at least 32 characters."""

    stream_grace_s: int = 30
    """Seconds a room stays live after its stream broke off, so that it can come back."""

    video_coins_min: Annotated[int, whole(1)] = 5
    """The least an item costs that can be given on a video, in coins."""

    video_coins_max: Annotated[int, whole(1)] = 3_000
    """The most an item costs that can be given on a video, in coins."""

    video_public_s_min: Annotated[int, whole(0)] = 0
    """Seconds a video must have been public before gifts can be given on it."""

    default_region: Annotated[str, country] = "US"
    """The region whose prices hold for somebody of whom no country is known."""

    country_database: Annotated[str, file] = ""
    """A file in MaxMind's format that says where network addresses are. Empty: the one that ships with Plaudit."""

    anonymity_database: Annotated[str, file] = ""
    """A file in MaxMind's format that says which networks hide who uses them. Empty: that stays unknown of all."""

    trusted_proxies: Annotated[str, networks] = ""
    """Networks whose word about the address of a client is believed, such as 10.0.0.0/8; separated by spaces."""

    forwarded_header: str = "x-forwarded-for"
    """The header those proxies name the client in: x-forwarded-for, forwarded, or one with a single address."""

    refused_countries: Annotated[str, countries] = ""
    """Countries nothing is sold to, as ISO 3166 codes of two letters; separated by spaces."""

    rules_ask_stops: bool = False
    """Whether people are stopped until they have shown how old they are, or where, when rules of a country ask for it.
    Otherwise they go on, and it is counted: leave it so as long as your platform tells neither."""

    instruments: Annotated[str, some_of("card", "device", "address")] = "card"
    """By what accounts of one person are looked for: `card` (payment providers tell it), `device` and `address` (your
    server tells them); separated by spaces. Hashed, for half a year; ask your lawyer first. Empty: none."""

    funded_per_day_max: Annotated[str, country_amounts] = "US=2000USD"
    """The most money that one person, with all their accounts, may pay for coins in 24 hours, by country: each as
    `US=2000USD`; separated by spaces. Caps of packs hold beside it."""

    prepaid_contact: str = ""
    """Whom people in Japan ask about their coins, with telephone and mail, as the Payment Services Act wants it shown
    (`/prepaid`)."""

    return_hosts: Annotated[str, hosts] = ""
    """Hosts, beside our own, that a checkout may return to; separated by spaces."""

    withdrawal_days: Annotated[int, whole(0)] = 14
    """Days after payment in which a buyer may take back unspent coins, where no law says how many. 0: none."""

    webhook_networks: Annotated[str, networks] = ""
    """Networks webhooks may go to although they are not of the open internet, such as 10.1.0.0/16, also by http://;
    separated by spaces."""

    quotes_per_hour: int = QUOTES_PER_HOUR
    """Quotes one person may ask for within an hour."""

    orders_per_hour: int = ORDERS_PER_HOUR
    """Orders one person may place within an hour."""

    authenticate_new_buyers: bool = True
    """Whether the bank of somebody who never paid here is to ask them (3-D Secure) even where it need not."""

    authenticate_from_us_cents: Annotated[int, whole(0)] = 0
    """From how much on, in US cents at the rates of the price book, the buyer's bank is to ask. 0: never for that."""

    refund_fraud_warnings: bool = False
    """Whether what is left of a payment is given back as soon as its card's network warns that it was fraud: a refund
    is cheaper than the dispute that mostly follows."""

    papers_per_hour: int = PAPERS_PER_HOUR
    """Receipts and credit notes one person may have made as PDF within an hour."""

    quote_key: Annotated[Secret, key(QUOTE_KEY_LENGTH_MIN)] = NOT_SET
    """What quotes are signed with; at least 32 characters. Empty: a key of the vault."""

    brand_name: Annotated[str, matching(r"\S.{0,38}\S", "2 to 40 characters")] = "Plaudit"
    """What this installation is called, in titles, bars and papers."""

    brand_logo: Annotated[str, file] = ""
    """An SVG or PNG file shown beside the name, on papers too. Empty: Plaudit's mark."""

    brand_icon: Annotated[str, file] = ""
    """An SVG or PNG file shown in the tabs of browsers. Empty: the logo."""

    brand_colour: Annotated[str, accent_colour] = ""
    """The accent of the pages, such as #c73a25, with a contrast of at least 3 to 1 in both themes. Empty: coral."""

    seller_code: Annotated[str, matching("[A-Z0-9]{1,20}", "1 to 20 capital letters and digits")] = "PLAUDIT"
    """Begins the number of each receipt; short and never changed."""

    seller_name: str = ""
    """The seller of record, as receipts show it. Empty, and none named by the price book: no coins are sold."""

    seller_address: str = ""
    """The address of the seller of record, as receipts show it. Empty, like the name: no coins are sold."""

    seller_tax_id: str = ""
    """The tax id of the seller of record, as receipts show it. Empty: it has none."""

    reporting_currencies: Annotated[str, currency_and_pairs] = "EUR"
    """The currency tax returns are reported in, and sellers of record that report in another, such as
    EUR ACMEUK=GBP; separated by spaces."""

    exchange_rates_url: Annotated[str, safe_address] = ""
    """Where the ECB's reference rates are fetched from, such as
    https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml. Empty: those that came with Plaudit hold."""

    exchange_jump_percent: Annotated[int, whole(1)] = 20
    """By how many percent a currency may move from one day to the next; fetched rates with more are refused."""

    exchange_days_max: Annotated[int, whole(1)] = 45
    """Days after which exchange rates are called old."""

    tax_rates_days_max: Annotated[int, whole(1)] = 200
    """Days after which the published tax rates are called old."""

    tax_subdivisions: Annotated[str, countries] = ""
    """Countries in whose states and provinces the tax of the dated table is charged, such as CA; separated by spaces.
    In others the rate of the country holds, and a tax provider is asked only of states and provinces of the table."""

    tax_answer_required: Annotated[bool, yes_or_no] = False
    """Whether nothing is sold while a tax provider does not answer. Otherwise the dated table says the tax then."""

    legal_links: Annotated[str, legal_addresses] = ""
    """Where buyers read `terms`, `privacy`, `imprint` and the policy of `withdrawal`: pairs such as
    terms=https://shop.example/terms for all, imprint@DE=… for a region, terms:ACME=… for a seller of the price book,
    terms@DE:ACME=… for both; separated by spaces."""

    sandbox_url: Annotated[str, address] = ""
    """Where this server reaches the sandbox provider. Empty: it is not offered."""

    sandbox_api_key: Secret = NOT_SET
    """The key the sandbox provider asks for."""

    sandbox_webhook_secret: Annotated[Secret, webhook_secret] = NOT_SET
    """What the sandbox provider signs its webhooks with (`whsec_` and base64)."""

    mail_by: Annotated[str, one_of("smtp", "webhook", "none")] = "none"
    """Who mails receipts, credit notes, vouchers and acknowledgements to buyers: `smtp`, the mail server below;
    `webhook`, your platform, which is told of each by the event `mail.due`; `none`, nobody."""

    mail_host: Annotated[str, matching(r"[A-Za-z0-9.:-]{1,253}", "a host such as smtp.shop.example")] = ""
    """The mail server."""

    mail_port: Annotated[int, port] = 587
    """The port of the mail server."""

    mail_security: Annotated[str, one_of("starttls", "tls", "none")] = "starttls"
    """How the connection to the mail server is sealed: `starttls`, as usual at port 587; `tls` from the beginning, as
    usual at port 465; `none`, for a server on this machine."""

    mail_user: str = ""
    """Who we are at the mail server. Empty: it asks for no login."""

    mail_password: Secret = NOT_SET
    """The password of that login."""

    mail_from: Annotated[str, email_address] = ""
    """The address mails come from, under the name of the brand."""

    mail_bounce_secret: Annotated[Secret, webhook_secret] = NOT_SET
    """What whoever handles bounces signs with when it tells of them (`whsec_` and base64). Empty: nobody may tell."""

    vault_keys: Annotated[Secret, secret_keys(VAULT_KEY_LENGTH_MIN)] = NOT_SET
    """What secrets and account numbers in the database are locked with, at least 32 characters each, separated by
    spaces: the first locks, all of them open (`plaudit vault rotate`). Empty: one made once and kept in `data`. Keep it
    apart from backups, and keep it: without it they are worth nothing."""

    payout_account_keys: Annotated[Secret, secret_keys(VAULT_KEY_LENGTH_MIN)] = NOT_SET
    """What earlier versions sealed creators' bank accounts with: keys of the vault like those above, after them."""

    retention_days: Annotated[str, periods] = ""
    """How many days things are kept where that is not to be the usual: pairs such as `words=90 quotes=3`, within the
    bounds that `/operator/retention` shows. What was let go of is gone; a longer period brings nothing back. A kind
    named here goes at once, and not only 30 days after an update brought it."""

    payout_method_hold_hours: Annotated[int, whole(0)] = PAYOUT_METHOD_HOLD_HOURS
    """How long nothing is paid to a bank account that was just added, so that who took over an account gains nothing
    before its owner notices."""

    step_up_max_age_s: Annotated[int, whole(0)] = STEP_UP_MAX_AGE_S
    """How long ago somebody's sign-in may be, as their platform says (`auth_time`), when they say where they are paid,
    ask for a large payout, or agree to what operators decide; in seconds. Otherwise they sign in again. 0: that is not
    asked."""

    step_up_acr_values: Annotated[str, acr_values] = ""
    """Kinds of sign-in (`acr`) of which one is needed for these, separated by spaces, as your platform calls them.
    Empty: any."""

    step_up_payout_diamonds: Annotated[int, whole(0)] = STEP_UP_PAYOUT_DIAMONDS
    """Up to how many diamonds a creator asks for a payout without a recent sign-in."""

    screening_source: str = ""
    """Who says whether sanctions name whom you pay, by the name of its plug-in. Empty: nobody is asked, and nothing is
    held back for it."""

    screening_days: Annotated[int, whole(1)] = SCREENING_DAYS
    """How many days an answer of it holds; nothing is paid to an account without one that does."""

    screening_identity: Annotated[bool, yes_or_no] = False
    """Whether it must also say that it knows who they are."""

    age_proof_issuers: Annotated[str, file] = ""
    """A file of certificates (PEM) of those who issue proofs of age that wallets present, such as the EU's. Empty: none
    are taken."""

    one_operator: Annotated[bool, yes_or_no] = False
    """Whether one operator alone decides what otherwise one proposes and another confirms: prices, taxes, payout rates,
    reward rules, large payouts. Bounds hold all the same, and nobody decides what they gain by."""

    head_signing_key: Annotated[Secret, bytes_in_base64(HEAD_SIGNING_KEY_BYTES)] = NOT_SET
    """What signs the daily heads of books and trail (Ed25519): base64 of 32 bytes. Empty: the one that `plaudit trail
    key` made and keeps in `data`; without either, nothing is signed."""

    official_domains: Annotated[str, host_names] = ""
    """Other domains of yours than that of `public_url`, as `/verify` and the signed /.well-known/plaudit.json name
    them: shop.example www.example; separated by spaces."""

    official_apps: Annotated[str, app_ids] = ""
    """Your apps by their ids in stores, named there as well: apple=1234567890 google=tv.example.app; separated by
    spaces."""

    support_address: Annotated[str, mail_or_address] = ""
    """Where your people answer, named there as well: help@example.tv or https://example.tv/help. Empty: nowhere is
    named."""

    store_product_prefix: str = "coins."
    """Products of the app stores are called this and the number of coins, such as `coins.70`."""

    sections: tuple[Section, ...] = field(default=(), metadata={"is_setting": False})
    """What plug-ins bring, as far as something of it is set; see `of`."""

    @property
    def is_secure(self) -> bool:
        """Whether people reach this server by https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """The host people reach this server by."""
        return urlsplit(self.public_url).hostname or ""

    def client_secret(self, client_id: str) -> str | None:
        """The secret of an OpenID client; None: it has none."""
        pairs = (pair.partition("=") for pair in self.client_secrets.reveal().split())
        return next((secret for client, _, secret in pairs if client == client_id), None)

    @property
    def clients_with_secret(self) -> set[str]:
        """The OpenID clients that have one."""
        return {pair.partition("=")[0] for pair in self.client_secrets.reveal().split()}

    def reporting_currency_of(self, seller_code: str) -> str:
        """The currency a seller of record reports in."""
        pairs = {seller: currency for seller, _, currency in map(_seller_first, self.reporting_currencies.split())}
        return pairs.get(seller_code) or pairs.get("") or "EUR"

    def of(self, section: type[S]) -> S:
        """The settings of a plug-in."""
        return next((one for one in self.sections if isinstance(one, section)), None) or section()

    def describe(self, plugin: plugins.Plugin) -> bool:
        """Whether they say enough of a plug-in for it to be made; of one without settings, it finds out itself."""
        return plugin.settings is None or self.of(plugin.settings).is_described

    @classmethod
    def of_values(cls, **values: Any) -> Self:
        """Settings by their names, those of plug-ins included; what is not given keeps its default.

        Raises:
            TypeError: no setting is called so.
        """
        if unknown := sorted(values.keys() - {one.name for one in known_settings()}):
            raise TypeError(f"there is no setting {', '.join(unknown)}")
        given = {section: given_to(section, values) for section in plugins.sections()}
        return cls(
            **given_to(Settings, values), sections=tuple(section(**own) for section, own in given.items() if own)
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Settings from variables, wherever they were found; what is not set keeps its default.

        Raises:
            SettingsError: a value that does not fit, or a variable that is none of ours; names the variable.
        """
        return cls.of_values(**{name: value for name, (value, _) in read_settings(environment).items()})


def _seller_first(pair: str) -> tuple[str, str, str]:
    """A seller's code, or nothing, and a currency."""
    return pair.rpartition("=")


def known_settings() -> list[Setting]:
    """Our own settings, then those of plug-ins.

    Raises:
        SetupError: two are called the same.
    """
    known = settings_of(Settings) + [one for section in plugins.sections() for one in settings_of(section)]
    names = [one.name for one in known]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SetupError(f"two plug-ins bring {variable_of(twice[0])}")
    return known


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, tuple[Any, Found]]:
    """The value of each setting that is set, by its name, and where it was found.

    Raises:
        SettingsError: a value that does not fit, or a variable that is none of ours; names the variable.
    """
    known = {one.variable: one for one in known_settings()}
    values = {}
    for variable, found in gather(known, environment).items():
        try:
            values[known[variable].name] = known[variable].read(found.text), found
        except ValueError as error:
            raise SettingsError(f"{variable} {error}") from None
    return values
