"""The operators' pages by what somebody comes for: groups, and the tabs of each that whoever looks may open."""

from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.runtime import Context

from plaudit.web.pages.openings import may_open


@dataclass(frozen=True)
class Tab:
    """A page in the bar. `key` is what pages that belong to it call themselves."""

    key: str
    address: str
    label: str


@dataclass(frozen=True)
class Group:
    """Pages that somebody opens one after another."""

    label: str
    tabs: tuple[Tab, ...]

    @property
    def address(self) -> str:
        """Where the group begins."""
        return self.tabs[0].address

    def has(self, key: str) -> bool:
        """Whether a page is one of its tabs."""
        return any(tab.key == key for tab in self.tabs)


GROUPS = (
    Group(
        "Today",
        (
            Tab("overview", "/operator", "Overview"),
            Tab("decisions", "/operator/decisions", "Decisions"),
            Tab("queues", "/operator/queues", "Queues"),
            Tab("stuck", "/operator/stuck", "Stuck work"),
        ),
    ),
    Group(
        "Sales",
        (
            Tab("money_in", "/operator/money-in", "Money in"),
            Tab("prices", "/operator/prices", "Prices"),
            Tab("catalogue", "/operator/catalogue", "Catalogue"),
            Tab("stores", "/operator/stores", "App stores"),
        ),
    ),
    Group(
        "Creators",
        (
            Tab("payouts", "/operator/payouts", "Payouts"),
            Tab("statements", "/operator/statements", "Statements"),
            Tab("rewards", "/operator/rewards", "Rewards"),
            Tab("debts", "/operator/debts", "Debts"),
        ),
    ),
    Group(
        "Books",
        (
            Tab("accounting", "/operator/accounting", "Accounting"),
            Tab("taxes", "/operator/taxes", "Taxes"),
            Tab("prepaid", "/operator/prepaid", "Prepaid"),
            Tab("audits", "/operator/audits", "Audits"),
            Tab("acts", "/operator/acts", "Trail"),
        ),
    ),
    Group(
        "People",
        (
            Tab("freezes", "/operator/freezes", "Freezes"),
            Tab("safety", "/operator/safety", "Cases"),
            Tab("scams", "/operator/scam-reports", "Scam reports"),
            Tab("links", "/operator/links", "Linked accounts"),
            Tab("moves", "/operator/moves", "Moved accounts"),
            Tab("grants", "/operator/grants", "Give coins"),
            Tab("minor_refunds", "/operator/minor-refunds", "Minors"),
            Tab("mails", "/operator/mails", "Mail"),
            Tab("data_requests", "/operator/data-requests", "Data requests"),
            Tab("holds", "/operator/holds", "Legal holds"),
            Tab("retention", "/operator/retention", "Retention"),
        ),
    ),
    Group(
        "Set-up",
        (
            Tab("setup", "/operator/setup", "Checks"),
            Tab("access", "/operator/access", "Roles"),
            Tab("keys", "/operator/keys", "Keys"),
            Tab("platforms", "/operator/platforms", "Platforms"),
            Tab("bounds", "/operator/bounds", "Bounds"),
            Tab("packs", "/operator/rules", "Rules"),
            Tab("webhooks", "/operator/webhooks", "Webhooks"),
        ),
    ),
)


@pass_context
def operator_groups(context: Context) -> list[Group]:
    """Groups with those of their tabs that whoever looks may open; none that is empty."""
    seen = [Group(one.label, tuple(tab for tab in one.tabs if may_open(context, tab.address))) for one in GROUPS]
    return [one for one in seen if one.tabs]
