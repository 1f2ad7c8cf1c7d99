"""How the App Store is described."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from plaudit.setting_kinds import NOT_SET, Secret, address, countries, one_of
from plaudit.setting_sections import Section


@dataclass(frozen=True, kw_only=True)
class AppleSettings(Section):
    """One app, in one environment of the App Store."""

    prefix: ClassVar[str] = "apple_"

    bundle_id: str = ""
    """The app that sells coins in the App Store. Empty: it is not offered."""

    app_id: int = 0
    """The app's number in the App Store; needed in production."""

    environment: Annotated[str, one_of("Production", "Sandbox")] = "Production"
    """`Production`, or `Sandbox` for a server whose coins are worth nothing. No purchase of the other is accepted."""

    issuer_id: str = ""
    """The issuer of the key for the App Store Server API."""

    key_id: str = ""
    """The id of the key for the App Store Server API."""

    private_key: Secret = NOT_SET
    """The key for the App Store Server API as PEM; line ends may be written as `\\n`."""

    root_certificates: str = ""
    """A folder or file of root certificates (DER or PEM) to trust instead of Apple Root CA - G3, which is shipped."""

    online_checks: bool = True
    """Whether Apple is asked if its certificates have been revoked (OCSP)."""

    link_regions: Annotated[str, countries] = ""
    """Countries whose buyers may come from the app to the web by a link that Apple counts, as `DE FR`. Empty: none."""

    url: Annotated[str, address] = ""
    """Where the App Store Server API is. Empty: Apple's own address."""

    @property
    def is_described(self) -> bool:
        return bool(self.bundle_id)
