"""The command `plaudit setup`: walks an operator through what is missing, and does what a command can do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.embedded import Logins, database_logins
from plaudit.gifts.catalogue.commands import starter as load_starter
from plaudit.ids import new_id
from plaudit.limits import PAGE_LENGTH_MAX
from plaudit.people.commands import add_operator
from plaudit.people.issuer_commands import add as add_issuer
from plaudit.people.issuer_commands import change as set_issuer
from plaudit.people.issuers import list_issuers
from plaudit.problems import Problem
from plaudit.readiness.model import CheckResult, Report, State
from plaudit.readiness.report import as_text
from plaudit.readiness.running import look
from plaudit.readiness.standing import grounds_of_command
from plaudit.schema.migrate import apply_to
from plaudit.selling.prices import actions as price_books
from plaudit.selling.prices.model import NewDraft
from plaudit.settings import Settings, SetupError

_DRAFT = "First prices"


@dataclass(frozen=True)
class Wishes:
    """What the options say; None: ask."""

    logins: Logins
    data: Path | None
    yes: bool
    issuer: str | None
    client_id: str | None
    operator: str | None
    starter: bool
    draft: bool

    def agreed(self, question: str, *, wished: bool = False) -> bool:
        """Whether to do it: as an option said, else as somebody answers; a script that did not say so says no."""
        return wished or (not self.yes and click.confirm(question, default=True))

    def named(self, given: str | None, question: str) -> str:
        """What an option named, or somebody names now; empty: not yet."""
        if given is not None or self.yes:
            return given or ""
        return str(click.prompt(question, default="", show_default=False)).strip()


@click.command()
@click.option("--yes", is_flag=True, help="Ask nothing: migrate, and do what other options say. For scripts.")
@click.option("--issuer", help="Whose people may sign in, by the `iss` of their tokens.")
@click.option("--client-id", help="How we are known at its OpenID provider, for people to sign in there.")
@click.option("--operator", metavar="SUBJECT", help="Who of them runs the economy first, by the `sub` of their token.")
@click.option("--starter", is_flag=True, help="Load the catalogue that comes with Plaudit.")
@click.option("--draft-prices", "draft", is_flag=True, help="Draft a price book from today's rates and taxes.")
@data_option
def setup(data: Path | None, **options: object) -> int:
    """Walk through what an installation needs, and do what can be done from here. Can be run again at any time.

    Exit status 1 when something still blocks at the end.
    """
    with database_logins(Settings.from_environment(), data, share=True) as logins:
        wishes = Wishes(logins=logins, data=data, **options)  # type: ignore[arg-type]  # click has checked them
        for check_id, step in STEPS.items():
            found = next(one for one in _look(wishes, logins.owner, slow_too=False).results if one.id == check_id)
            if found.state in {State.BLOCKING, State.ATTENTION}:
                _take(step, wishes, found)
        report = _look(wishes, logins.application, slow_too=True)
    click.echo()
    click.echo(as_text(report))
    _say_what_next(report)
    return 0 if report.is_ready else 1


def _look(wishes: Wishes, url: str, *, slow_too: bool) -> Report:
    async def looking() -> Report:
        async with grounds_of_command(wishes.data, url, CLOCK) as grounds:
            return await look(grounds, slow_too=slow_too)

    return asyncio.run(looking())


def _take(step: "Step", wishes: Wishes, found: CheckResult) -> None:
    """One step; what keeps it from being done is said, and the next one is taken all the same."""
    try:
        done = step(wishes)
    except (Problem, SetupError, click.ClickException) as error:
        done = f"not done: {error.format_message() if isinstance(error, click.ClickException) else error}"
    if done:
        click.echo(f"{found.title}: {done}")


def _run(command: click.Command, wishes: Wishes, **arguments: str) -> str:
    """Another command of ours, as somebody would type it; it says itself what it did."""
    click.get_current_context().invoke(command, data=wishes.data, **arguments)
    return ""


def _migrate(wishes: Wishes) -> str:
    if not wishes.agreed("Bring the database to this version?", wished=wishes.yes):
        return ""
    migrated = asyncio.run(apply_to(wishes.logins.owner))
    return f"{len(migrated.applied)} files applied, {len(migrated.repaired)} privileges repaired"


def _accept_issuer(wishes: Wishes) -> str:
    name = wishes.named(wishes.issuer, "Issuer of your people's tokens, their claim `iss` (empty: later)")
    return _run(add_issuer, wishes, name=name) if name else ""


def _the_issuer(wishes: Wishes, question: str) -> str:
    """The one an option names, or the only one that is accepted, or whichever somebody names now."""
    if wishes.issuer:
        return wishes.issuer
    accepted = [one.issuer for one in in_transaction(wishes.data, list_issuers, owner=True) if one.active]
    return accepted[0] if len(accepted) == 1 else wishes.named(None, question)


def _let_sign_in(wishes: Wishes) -> str:
    issuer = _the_issuer(wishes, "Issuer with whom people sign in (empty: later)")
    question = f"Our client id at {issuer} (empty: people come in by a code or a token)"
    client_id = wishes.named(wishes.client_id, question) if issuer else ""
    return _run(set_issuer, wishes, name=issuer, client_id=client_id) if client_id else ""


def _name_operator(wishes: Wishes) -> str:
    issuer = _the_issuer(wishes, "Issuer of the first operator (empty: later)")
    subject = wishes.named(wishes.operator, "The operator's `sub` there (empty: later)") if issuer else ""
    return _run(add_operator, wishes, issuer=issuer, subject=subject) if subject else ""


def _load_starter(wishes: Wishes) -> str:
    wanted = wishes.agreed("Load the items that come with Plaudit?", wished=wishes.starter)
    return _run(load_starter, wishes) if wanted else ""


def _draft_prices(wishes: Wishes) -> str:
    if not wishes.agreed("Draft a price book from today's rates and taxes?", wished=wishes.draft):
        return ""
    return in_transaction(wishes.data, _draft)


async def _draft(connection: Connection) -> str:
    """One draft is enough, however often the command is run."""
    where = "look at it and publish it at /operator/prices"
    if any(one.name == _DRAFT for one in await price_books.list_drafts(connection, None, PAGE_LENGTH_MAX)):
        return f"“{_DRAFT}” is drafted already: {where}"
    await price_books.make_draft(connection, NewDraft(id=new_id(CLOCK), name=_DRAFT), None, CLOCK)
    return f"“{_DRAFT}” is drafted: {where}"


Step = Callable[[Wishes], str]

STEPS: dict[str, Step] = {
    "schema": _migrate,
    "privileges": _migrate,
    "issuers": _accept_issuer,
    "sign_in": _let_sign_in,
    "operator": _name_operator,
    "catalogue": _load_starter,
    "prices": _draft_prices,
}
"""What can be done from here, by the check that asks for it."""


def _say_what_next(report: Report) -> None:
    """The one thing to do now."""
    todo = report.of(State.BLOCKING)
    if not todo:
        click.echo("Start it with `plaudit serve`; the same list is at /operator/setup.")
        return
    first = todo[0]
    how = f"`{first.command}`" if first.command else first.page or first.why
    click.echo(f"Next, {first.title.lower()}: {how}. Then `plaudit setup` again.")
