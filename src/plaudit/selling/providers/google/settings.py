"""How Google Play is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import address, countries, file, one_of
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class GoogleSettings(Section):
    """One app in Google Play."""

    prefix: ClassVar[str] = "google_"

    package: str = ""
    """The Android app that sells coins in Google Play. Empty: it is not offered."""

    environment: Annotated[str, one_of("Production", "Test")] = "Production"
    """`Production`, or `Test` for a server whose coins are worth nothing. No purchase of the other is accepted."""

    service_account_file: Annotated[str, file] = ""
    """The JSON key of the service account that asks the Google Play Developer API."""

    push_email: str = ""
    """The service account in whose name Pub/Sub signs its pushes. Empty: pushes are refused, and polling does alone."""

    push_audience: str = ""
    """What the push subscription names as audience. Empty: the address of the webhook here."""

    refund_preference: Annotated[str, one_of("NEUTRAL", "DECLINE", "APPROVE")] = "NEUTRAL"
    """What we tell Google of a chargeback it asks about: `NEUTRAL`, `DECLINE` or `APPROVE` it."""

    sample_content: bool = False
    """Whether buyers could try what coins buy before they paid, as Google is told when it asks about a chargeback."""

    link_regions: Annotated[str, countries] = ""
    """Countries whose buyers may come from the app to the web by a link that Google counts, as `DE FR`. Empty: none."""

    url: Annotated[str, address] = "https://androidpublisher.googleapis.com"
    """Where the Google Play Developer API is."""

    integrity_url: Annotated[str, address] = "https://playintegrity.googleapis.com"
    """Where the Play Integrity API is, which says whether the app that told an age is unaltered."""

    certificates_url: Annotated[str, address] = "https://www.googleapis.com/oauth2/v1/certs"
    """Where the certificates are that pushes are signed with."""

    @property
    def is_described(self) -> bool:
        return bool(self.package)
