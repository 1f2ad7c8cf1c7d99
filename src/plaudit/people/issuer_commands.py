"""The command `plaudit issuer`: whose tokens are accepted, and how they are read."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click
import httpx2
import msgspec

from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.limits import JWKS_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.people import issuers
from plaudit.people.claims import FACTS
from plaudit.people.discovery import Platform, PlatformNotReadable, PublishedKey, discover, published_keys
from plaudit.people.issuers import IssuerTerms
from plaudit.people.model import PERSON_ROLES, Issuer, Role

_ROLES = click.Choice(sorted(role.value for role in PERSON_ROLES))


def _pairs(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What stands on both sides of each `=`."""
    pairs = [text.partition("=") for text in given]
    if wrong := [text for text, (left, _, right) in zip(given, pairs, strict=True) if not left or not right]:
        raise click.BadParameter(f"{wrong[0]!r} is not of the form LEFT=RIGHT", param=parameter)
    return {left: right for left, _, right in pairs}


def _terms(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how tokens are checked and read."""
    for option in (
        click.option("--label", "sign_in_label", help="What the way in is called, such as 'Continue with Example'."),
        click.option("--scope", "scopes", multiple=True,
                     help="What a sign-in asks for beside openid. May be given several times.  [default: profile]"),
        click.option("--client-id", help="How we are known at its OpenID provider, for people to sign in there; its "
                     "secret is the setting PLAUDIT_CLIENT_SECRETS. Empty: nobody signs in there."),
        click.option("--role-name", "role_names", multiple=True, callback=_pairs, metavar="THEIRS=OURS",
                     help="What the issuer calls one of our roles. May be given several times."),
        click.option("--claim", "claims", multiple=True, callback=_pairs, metavar="FACT=CLAIM",
                     help=f"Where a fact ({', '.join(FACTS)}) is said, such as roles=realm_access.roles."),
        click.option("--role", "roles", type=_ROLES, multiple=True,
                     help="What its tokens may say.  [default: viewer, creator]"),
        click.option("--no-tokens", is_flag=True,
                     help="It mints no tokens: its server tells of its people and hands them over by code."),
        click.option("--jwks", type=click.File("rb"), help="A file with its keys, when it publishes none."),
        click.option("--jwks-uri", help="Where it publishes its keys.  [default: what it says of itself]"),
        click.option("--audience", help="What the claim `aud` must contain.  [default: plaudit]"),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def issuer() -> None:
    """Say whose tokens are accepted."""


@issuer.command("add")
@click.argument("name")
@_terms
@click.option("--unchecked", is_flag=True, help="Do not fetch its keys now.")
@data_option
def add(name: str, data: Path | None, *, unchecked: bool, **given: Any) -> None:
    """Accept tokens whose claim `iss` is NAME. Its keys are fetched and shown."""
    terms = _with(IssuerTerms(audience="plaudit", jwks_uri="", jwks=None), given)
    if terms.jwks is None and not terms.jwks_uri:
        terms = msgspec.structs.replace(terms, jwks_uri=_ask(_discovered(name)).jwks_uri)
    if terms.jwks_uri and not unchecked:
        _show_keys(terms.jwks_uri)
    added = in_transaction(data, lambda connection: issuers.add_issuer(connection, name, terms, CLOCK), owner=True)
    click.echo(f"accepted: {_line(added)}")


@issuer.command("set")
@click.argument("name")
@_terms
@click.option("--unchecked", is_flag=True, help="Do not fetch its keys now.")
@data_option
def change(name: str, data: Path | None, *, unchecked: bool, **given: Any) -> None:
    """Change how tokens of NAME are checked and read; what is not given stays. --claim and --role-name replace all."""
    known = in_transaction(data, lambda connection: issuers.require_issuer(connection, name), owner=True)
    terms = _with(issuers.terms_of(known), given)
    if terms.jwks_uri and terms.jwks_uri != known.jwks_uri and not unchecked:
        _show_keys(terms.jwks_uri)
    changed = in_transaction(data, lambda connection: issuers.set_issuer(connection, name, terms), owner=True)
    click.echo(f"accepted: {_line(changed)}")


def _with(terms: IssuerTerms, given: dict[str, Any]) -> IssuerTerms:
    """Terms with what an option says in place of what was there."""
    changes = _keys(given)
    if given["audience"]:
        changes["audience"] = given["audience"]
    if given["roles"]:
        changes["allowed_roles"] = [Role(role) for role in given["roles"]]
    for text in ("client_id", "sign_in_label"):
        if given[text] is not None:
            changes[text] = given[text] or None
    if given["scopes"]:
        changes["scopes"] = " ".join(["openid", *(scope for scope in given["scopes"] if scope != "openid")])
    for mapping in ("claims", "role_names"):
        if given[mapping]:
            changes[mapping] = given[mapping]
    return msgspec.structs.replace(terms, **changes)


def _keys(given: dict[str, Any]) -> dict[str, Any]:
    """Where keys come from, if an option says so."""
    keys: IO[bytes] | None = given["jwks"]
    if given["no_tokens"]:
        if keys is not None or given["jwks_uri"]:
            raise click.UsageError("--no-tokens goes without --jwks and --jwks-uri.")
        return {"jwks": issuers.NO_KEYS, "jwks_uri": None}
    changes: dict[str, Any] = {}
    if keys is not None:
        try:
            changes |= {"jwks": issuers.key_set_text(msgspec.json.decode(keys.read())), "jwks_uri": None}
        except msgspec.DecodeError as error:
            raise click.BadParameter(f"is not JSON: {error}", param_hint="--jwks") from error
    if given["jwks_uri"]:
        changes |= {"jwks_uri": given["jwks_uri"], "jwks": changes.get("jwks")}
    return changes


@issuer.command("check")
@click.argument("name")
@data_option
def check(name: str, data: Path | None) -> None:
    """Fetch what NAME publishes of itself, and its keys, as a server would."""
    known = in_transaction(data, lambda connection: issuers.require_issuer(connection, name), owner=True)
    click.echo(_line(known))
    if known.jwks_uri:
        _show_keys(known.jwks_uri)
    try:
        platform = _ask(_discovered(name))
    except PlatformNotReadable as error:
        click.echo(f"no sign-in by OpenID Connect: {error}")
    else:
        click.echo(f"sign-in by OpenID Connect: {platform.authorization_endpoint or 'not offered'}")


def _show_keys(address: str) -> None:
    found = _ask(_published(address))
    named = ", ".join(f"{one.id} ({one.kind})" for one in found)
    click.echo(f"{len(found)} {'key' if len(found) == 1 else 'keys'} at {address}: {named}")


async def _discovered(name: str) -> Platform:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=JWKS_TIMEOUT_S) as client:
        return await discover(client, name)


async def _published(address: str) -> list[PublishedKey]:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=JWKS_TIMEOUT_S) as client:
        return await published_keys(client, address)


_ask = asyncio.run


@issuer.command("list")
@data_option
def list_issuers(data: Path | None) -> None:
    """Show all issuers."""
    for one in in_transaction(data, issuers.list_issuers, owner=True):
        click.echo(_line(one))


def _line(one: Issuer) -> str:
    parts = [one.issuer, ", ".join(one.allowed_roles), f"audience {one.audience}"]
    parts += ["no tokens" if one.jwks == issuers.NO_KEYS else one.jwks_uri or "own key set"]
    parts += [f"{fact} in {claim}" for fact, claim in one.claims.items()]
    parts += [f"sign-in as client {one.client_id} with {one.scopes}"] if one.client_id else []
    parts += [f"{theirs} is {ours}" for theirs, ours in one.role_names.items()]
    return "  ".join([*parts, "accepted" if one.active else "no longer accepted", one.authority.said])


@issuer.command("stop")
@click.argument("name")
@data_option
def stop(name: str, data: Path | None) -> None:
    """Accept the tokens and keys of NAME no longer; its sessions end."""
    in_transaction(data, lambda connection: issuers.set_issuer_active(connection, name, active=False), owner=True)
    click.echo(f"no longer accepted: {name}")


@issuer.command("resume")
@click.argument("name")
@data_option
def resume(name: str, data: Path | None) -> None:
    """Accept the tokens and keys of NAME again."""
    in_transaction(data, lambda connection: issuers.set_issuer_active(connection, name, active=True), owner=True)
    click.echo(f"accepted: {name}")


@issuer.command("remove")
@click.argument("name")
@data_option
def remove(name: str, data: Path | None) -> None:
    """Forget NAME. Its people and what they own stay; adding it again finds them."""
    in_transaction(data, lambda connection: issuers.remove_issuer(connection, name, CLOCK), owner=True)
    click.echo(f"removed: {name}")
