"""The rooms of the house, from the bottom up: the one list that assembly, commands, pages, audit and tests read."""

from functools import cache
from importlib import import_module

from plaudit.room import Room

ROOMS = (
    "plaudit.schema",
    "plaudit.vault",
    "plaudit.events",
    "plaudit.ledger",
    "plaudit.people",
    "plaudit.decisions",
    "plaudit.admission",
    "plaudit.policy",
    "plaudit.exchange",
    "plaudit.freezes",
    "plaudit.instruments",
    "plaudit.inbox",
    "plaudit.mail",
    "plaudit.trail",
    "plaudit.check_codes",
    "plaudit.rules",
    "plaudit.ages",
    "plaudit.brakes",
    "plaudit.guardians",
    "plaudit.selling.prices",
    "plaudit.selling.papers",
    "plaudit.selling.cards",
    "plaudit.selling.links",
    "plaudit.selling.orders",
    "plaudit.selling.reversals",
    "plaudit.selling.grants",
    "plaudit.selling.letters",
    "plaudit.selling.wallet",
    "plaudit.selling.stores",
    "plaudit.selling.inbox",
    "plaudit.selling.reconciliation",
    "plaudit.selling",
    "plaudit.gifts.catalogue",
    "plaudit.gifts",
    "plaudit.live.streams",
    "plaudit.live",
    "plaudit.videos.given",
    "plaudit.videos",
    "plaudit.creators.totals",
    "plaudit.creators",
    "plaudit.payouts",
    "plaudit.safety",
    "plaudit.earnings",
    "plaudit.accounting.taxes",
    "plaudit.accounting.journal",
    "plaudit.accounting",
    "plaudit.disclosure",
    "plaudit.official",
    "plaudit.personal_data",
    "plaudit.readiness",
    "plaudit.feeds.gifts",
    "plaudit.feeds.webhooks",
    "plaudit.feeds",
    "plaudit.backlog",
    "plaudit.web",
    "plaudit.http",
    "plaudit.sandbox",
    "plaudit.bench",
    "plaudit.demo",
)


@cache
def rooms() -> tuple[Room, ...]:
    """What each brings."""
    return tuple(import_module(f"{package}.room").ROOM for package in ROOMS)
