"""The model withdrawal form of Directive 2011/83/EU, Annex I(B), as national laws have it."""

from plaudit.languages.speaking import gettext as _


def model_form(name: str, address: str) -> list[str]:
    """Its lines, addressed to a seller, in the language that is spoken."""
    seller = ", ".join([name, *(line.strip() for line in address.splitlines() if line.strip())])
    return [
        _("(Complete and return this form only if you wish to withdraw from the contract.)"),
        _("To %(seller)s:", seller=seller),
        _("I/We (*) hereby give notice that I/We (*) withdraw from my/our (*) contract for the supply of these coins:"),
        _("Ordered on (*)/received on (*):"),
        _("Name of consumer(s):"),
        _("Address of consumer(s):"),
        _("Signature of consumer(s) (only if this form is notified on paper):"),
        _("Date:"),
        _("(*) Delete as appropriate."),
    ]
