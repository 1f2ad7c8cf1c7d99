"""What the operator decides about a process: read once, checked, then frozen."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, get_args, get_type_hints
from urllib.parse import urlsplit

from plaudit.environment import Found, SettingsError, SetupError, gather
from plaudit.limits import (
    DATABASE_CONNECTIONS,
    DATABASE_STATEMENT_TIMEOUT_MS,
    METRICS_TOKEN_LENGTH_MIN,
    PAYOUT_ACCOUNT_KEY_LENGTH_MIN,
    QUOTE_KEY_LENGTH_MIN,
    STREAM_SECRET_LENGTH_MIN,
)
from plaudit.setting_kinds import (
    Secret,
    accent_colour,
    address,
    countries,
    currencies,
    database,
    file,
    hosts,
    key,
    matching,
    networks,
    one_of,
    origins,
    plain,
    public_address,
    rtmp_address,
    secret_keys,
    secret_pairs,
    secrets_starting,
    sign_in_address,
    webhook_secret,
    whole,
)

__all__ = ["Secret", "Settings", "SettingsError", "SetupError", "settings_reference", "variable_of"]

_NOT_SET = Secret("")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one process; that of `public_url` is the variable PLAUDIT_PUBLIC_URL, only DATABASE_URL is bare."""

    database_url: Annotated[Secret, database] = _NOT_SET
    """A PostgreSQL, 15 or later. Empty: the embedded one, in `data`."""

    data: Path = Path("data")
    """The folder of the embedded database and of keys made here."""

    public_url: Annotated[str, public_address] = "http://127.0.0.1:8000"
    """Where people reach this server, without a slash at the end."""

    database_connections: int = DATABASE_CONNECTIONS
    """Connections of the pool of one process."""

    statement_timeout_ms: int = DATABASE_STATEMENT_TIMEOUT_MS
    """After how long the database gives up on one statement."""

    metrics_token: Annotated[Secret, key(METRICS_TOKEN_LENGTH_MIN)] = _NOT_SET
    """What a reader of /metrics shows as bearer; at least 16 characters. Empty: this machine itself may without."""

    demo_people: Annotated[str, file] = ""
    """A file of people anybody may choose to be on /people, for a demo. Empty: people come from their platforms."""

    client_secrets: Annotated[Secret, secret_pairs] = _NOT_SET
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

    stream_secret: Annotated[Secret, key(STREAM_SECRET_LENGTH_MIN)] = _NOT_SET
    """What the media server shows when it asks who may stream (`?secret=` of its callbacks); at least 32 characters."""

    stream_grace_s: int = 30
    """Seconds a room stays live after its stream broke off, so that it can come back."""

    default_region: Annotated[str, matching("[A-Z]{2}", "a code of two letters")] = "US"
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

    return_hosts: Annotated[str, hosts] = ""
    """Hosts, beside our own, that a checkout may return to; separated by spaces."""

    withdrawal_days: Annotated[int, whole(0)] = 14
    """Days after payment in which a buyer may take back unspent coins, where no law says how many. 0: none."""

    webhook_networks: Annotated[str, networks] = ""
    """Networks webhooks may go to although they are not of the open internet, such as 10.1.0.0/16, also by http://;
    separated by spaces."""

    quote_key: Annotated[Secret, key(QUOTE_KEY_LENGTH_MIN)] = _NOT_SET
    """What quotes are signed with; at least 32 characters. Empty: a key made once and kept in the database."""

    brand_name: Annotated[str, matching(r"\S.{0,38}\S", "2 to 40 characters")] = "Plaudit"
    """What this installation is called, in titles, bars and papers."""

    brand_logo: Annotated[str, file] = ""
    """An SVG or PNG file shown beside the name. Empty: Plaudit's mark."""

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

    sandbox_url: Annotated[str, address] = ""
    """Where this server reaches the sandbox provider. Empty: it is not offered."""

    sandbox_api_key: Secret = _NOT_SET
    """The key the sandbox provider asks for."""

    sandbox_webhook_secret: Annotated[Secret, webhook_secret] = _NOT_SET
    """What the sandbox provider signs its webhooks with (`whsec_` and base64)."""

    manual_payouts: bool = False
    """Whether operators pay creators at a bank themselves: they export what is to be paid and mark what was."""

    manual_payout_currencies: Annotated[str, currencies] = ""
    """Currencies operators pay in, as ISO 4217 codes separated by spaces. Empty: each that has a payout rate."""

    payout_account_keys: Annotated[Secret, secret_keys(PAYOUT_ACCOUNT_KEY_LENGTH_MIN)] = _NOT_SET
    """What creators' bank accounts are sealed with, at least 32 characters each, separated by spaces: the first seals,
    all of them open. Empty: one made once and kept in `data`; a backup of the database is worth nothing without it."""

    store_product_prefix: str = "coins."
    """Products of the app stores are called this and the number of coins, such as `coins.70`."""

    apple_bundle_id: str = ""
    """The app that sells coins in the App Store. Empty: it is not offered."""

    apple_app_id: int = 0
    """The app's number in the App Store; needed in production."""

    apple_environment: Annotated[str, one_of("Production", "Sandbox")] = "Production"
    """`Production`, or `Sandbox` for a server whose coins are worth nothing. No purchase of the other is accepted."""

    apple_issuer_id: str = ""
    """The issuer of the key for the App Store Server API."""

    apple_key_id: str = ""
    """The id of the key for the App Store Server API."""

    apple_private_key: Secret = _NOT_SET
    """The key for the App Store Server API as PEM; line ends may be written as `\\n`."""

    apple_root_certificates: str = ""
    """A folder or file of root certificates (DER or PEM) to trust instead of Apple Root CA - G3, which is shipped."""

    apple_online_checks: bool = True
    """Whether Apple is asked if its certificates have been revoked (OCSP)."""

    apple_url: Annotated[str, address] = ""
    """Where the App Store Server API is. Empty: Apple's own address."""

    paypal_url: Annotated[str, address] = "https://api-m.paypal.com"
    """PayPal's REST API; https://api-m.sandbox.paypal.com is its sandbox."""

    paypal_client_id: str = ""
    """The REST application at PayPal that takes payments. Empty: PayPal is not offered."""

    paypal_client_secret: Secret = _NOT_SET
    """The secret of that application."""

    paypal_webhook_id: str = ""
    """PayPal's id of the webhook registered for this server; signatures are made over it."""

    paypal_certificate_origins: Annotated[str, origins] = ""
    """Origins PayPal's signing certificates may come from, separated by spaces. Empty: those of `paypal_url`."""

    paypal_certificate_roots: Annotated[str, file] = ""
    """A PEM file of the authorities that signing certificates must go back to. Empty: those this machine trusts."""

    stripe_secret_key: Annotated[Secret, secrets_starting("sk_", "rk_")] = _NOT_SET
    """A secret or restricted key of Stripe; its mode, test or live, is that of all. Empty: Stripe is not offered."""

    stripe_webhook_secrets: Annotated[Secret, secrets_starting("whsec_")] = _NOT_SET
    """What Stripe signs its webhooks with (`whsec_…`), of every endpoint; two of one while it changes. Separated by
    spaces."""

    stripe_url: Annotated[str, address] = ""
    """Where this server reaches Stripe's API. Empty: at Stripe."""

    stripe_intent_page: str = ""
    """The page or app link of the host that takes a payment by a PaymentIntent's client secret. Empty: not offered."""

    google_package: str = ""
    """The Android app that sells coins in Google Play. Empty: it is not offered."""

    google_environment: Annotated[str, one_of("Production", "Test")] = "Production"
    """`Production`, or `Test` for a server whose coins are worth nothing. No purchase of the other is accepted."""

    google_service_account_file: Annotated[str, file] = ""
    """The JSON key of the service account that asks the Google Play Developer API."""

    google_push_email: str = ""
    """The service account in whose name Pub/Sub signs its pushes. Empty: pushes are refused, and polling does alone."""

    google_push_audience: str = ""
    """What the push subscription names as audience. Empty: the address of the webhook here."""

    google_refund_preference: Annotated[str, one_of("NEUTRAL", "DECLINE", "APPROVE")] = "NEUTRAL"
    """What we tell Google of a chargeback it asks about: `NEUTRAL`, `DECLINE` or `APPROVE` it."""

    google_sample_content: bool = False
    """Whether buyers could try what coins buy before they paid, as Google is told when it asks about a chargeback."""

    google_url: Annotated[str, address] = "https://androidpublisher.googleapis.com"
    """Where the Google Play Developer API is."""

    google_certificates_url: Annotated[str, address] = "https://www.googleapis.com/oauth2/v1/certs"
    """Where the certificates are that pushes are signed with."""

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

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Settings from variables, wherever they were found; what is not set keeps its default.

        Raises:
            SettingsError: a value that does not fit, or a variable that is none of ours; names the variable.
        """
        return cls(**{name: value for name, (value, _) in read_settings(environment).items()})


def variable_of(setting: str) -> str:
    return "DATABASE_URL" if setting == "database_url" else f"PLAUDIT_{setting.upper()}"


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, tuple[Any, Found]]:
    """The value of each setting that is set, and where it was found.

    Raises:
        SettingsError: a value that does not fit, or a variable that is none of ours; names the variable.
    """
    kinds = {variable_of(name): (name, kind) for name, kind in _kinds().items()}
    values = {}
    for variable, found in gather(kinds, environment).items():
        name, kind = kinds[variable]
        try:
            values[name] = kind(found.text), found
        except ValueError as error:
            raise SettingsError(f"{variable} {error}") from None
    return values


@cache
def _kinds() -> dict[str, Any]:
    hints = get_type_hints(Settings, include_extras=True)
    return {name: (get_args(hint) or (None, plain(hint)))[1] for name, hint in hints.items()}


def settings_reference() -> dict[str, str]:
    """What each setting is, in the words written below it."""
    source = inspect.getsource(Settings)
    return {
        setting.name: " ".join(
            re.split(rf"\n    {setting.name}: ", source)[1].split('"""')[1].replace("\\\\", "\\").split()
        )
        for setting in fields(Settings)
    }
