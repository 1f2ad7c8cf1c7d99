"""Kinds of payout methods, and why a provider keeps a payout waiting: words that the database knows, too."""

import enum


class MethodKind(enum.StrEnum):
    """What a creator is paid to."""

    BANK_ACCOUNT = "bank_account"
    """A bank account whose numbers are kept here, sealed."""
    STRIPE_ACCOUNT = "stripe_account"
    """An account of theirs at Stripe, which keeps their papers and their bank account."""
    PAYPAL = "paypal"
    """Their PayPal, by its mail address or its id."""


class WaitsFor(enum.StrEnum):
    """What a payout waits for."""

    APPROVAL = "approval"
    """An operator decides."""
    SENDING = "sending"
    """It is sent, or exported where people pay by hand."""
    ARRIVAL = "arrival"
    """Its provider has it, and it arrives."""
    UNCLAIMED = "unclaimed"
    HELD = "held"
    FUNDS = "funds"
    ACCOUNT = "account"
    """These four: as its provider says."""


class ProviderWait(enum.StrEnum):
    """Why a provider that has a payout does not go on with it."""

    UNCLAIMED = "unclaimed"
    """The receiver has to take it."""
    HELD = "held"
    """The provider looks at it."""
    FUNDS = "funds"
    """The money is on its way within the provider."""
    ACCOUNT = "account"
    """The receiver's account takes no money now."""
