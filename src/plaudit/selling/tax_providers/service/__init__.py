"""A tax service of your own behind one address: what stands between Plaudit and any company that knows taxes."""

from plaudit.selling.tax_providers.base import TaxProvider
from plaudit.selling.tax_providers.plugin import TaxPlugin
from plaudit.selling.tax_providers.service.settings import TaxServiceSettings
from plaudit.settings import Settings


def _service(settings: Settings) -> TaxProvider | None:
    from plaudit.selling.tax_providers.service.provider import from_settings

    return from_settings(settings)


SERVICE = TaxPlugin(name="tax_service", settings=TaxServiceSettings, make=_service)
