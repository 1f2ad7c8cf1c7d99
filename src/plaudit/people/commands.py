"""The commands `plaudit token` and `plaudit operator`."""

from datetime import timedelta
from pathlib import Path

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.limits import TOKEN_LIFETIME_H
from plaudit.people import actions
from plaudit.people.development import ISSUER, DevelopmentIssuer, may_develop
from plaudit.people.issuers import require_issuer
from plaudit.people.model import OPERATOR_ROLES, PERSON_ROLES, STAFF_ROLES, Person, Role
from plaudit.people.roles import RoleGrant, grant_role, list_grants, take_role
from plaudit.settings import Settings

_ROLES = click.Choice(sorted(role.value for role in PERSON_ROLES))
_STAFF = click.Choice(sorted(role.value for role in STAFF_ROLES))


@click.command()
@click.argument("user")
@click.option("--role", "roles", type=_ROLES, multiple=True, default=["viewer"], help="May be given several times.")
@click.option(
    "--ttl", "hours", type=click.IntRange(1, 24 * 365), default=TOKEN_LIFETIME_H, help="Hours it is good for."
)
@click.option("--name", help="The name to show.")
@click.option("--country", help="ISO 3166 alpha-2.")
@data_option
def token(
    user: str, roles: tuple[str, ...], hours: int, name: str | None, country: str | None, data: Path | None
) -> None:
    """Mint a token for USER with this machine's own key, and accept that key from now on. For development."""
    actions.require_subject(user)
    settings = Settings.from_environment()
    if not may_develop(settings):
        raise click.UsageError(f"{settings.public_url} is reached by others: here its own key would let anybody in.")
    minter = DevelopmentIssuer.of(data or settings.data)
    registered = in_transaction(data, lambda connection: minter.register(connection, CLOCK), owner=True)
    if not registered.active:
        raise click.UsageError(f"Its key was stopped: `plaudit issuer resume {ISSUER}` accepts it again.")
    claims = {key: value for key, value in (("name", name), ("country", country)) if value}
    if hours * 3_600 > settings.token_life_max_s:
        raise click.UsageError(f"Tokens are good for {settings.token_life_max_s} s at most (PLAUDIT_TOKEN_LIFE_MAX_S).")
    wanted = [Role(role) for role in roles]
    click.echo(minter.mint(user, wanted, CLOCK, lifetime=timedelta(hours=hours), claims=claims))


@click.group()
def operator() -> None:
    """Say who may run the economy, whatever their platform's tokens say."""


@operator.command("add")
@click.argument("issuer")
@click.argument("subject")
@click.option("--role", type=_STAFF, default="owner", show_default=True, help="What they may do.")
@data_option
def add_operator(issuer: str, subject: str, role: str, data: Path | None) -> None:
    """Make SUBJECT of ISSUER an operator: the first one, before there is anybody who could."""

    async def work(connection: Connection) -> int:
        platform = await require_issuer(connection, issuer)
        people = await actions.require_people_by_subjects(connection, platform.id, [subject], CLOCK)
        await grant_role(connection, people[subject].id, Role(role), CLOCK)
        return people[subject].id

    click.echo(f"an operator ({role}): {subject} of {issuer}, person {in_transaction(data, work, owner=True)}")


@operator.command("remove")
@click.argument("person", type=click.IntRange(min=1))
@data_option
def remove_operator(person: int, data: Path | None) -> None:
    """Take all operators' roles from a PERSON, by their number. What the platform's tokens say stays."""

    async def work(connection: Connection) -> bool:
        return any([await take_role(connection, person, role, CLOCK, by=None) for role in sorted(OPERATOR_ROLES)])

    taken = in_transaction(data, work)
    click.echo(f"no operator any more: person {person}" if taken else f"person {person} was not made an operator here")


@operator.command("list")
@data_option
def list_operators(data: Path | None) -> None:
    """Show who was made an operator here."""

    async def work(connection: Connection) -> list[str]:
        grants = [one for one in await list_grants(connection) if one.role in OPERATOR_ROLES]
        people = await actions.people_by_ids(connection, {one.person_id for one in grants})
        return [_line(one, people[one.person_id]) for one in grants]

    for line in in_transaction(data, work):
        click.echo(line)


def _line(grant: RoleGrant, person: Person) -> str:
    role = Role.OWNER if grant.role is Role.OPERATOR else grant.role
    by = f"proposed by person {grant.granted_by}, " if grant.granted_by else ""
    return (
        f"person {person.id}  {role}  {person.display_name}  {person.subject} of {person.issuer}  "
        f"since {grant.granted_at:%Y-%m-%d %H:%M} UTC  {by}{grant.authority.said}"
    )
