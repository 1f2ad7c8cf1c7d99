"""The command `plaudit safety`."""

import click

from plaudit.safety.limits import WORLD_PEOPLE_MAX, WORLD_PEOPLE_MIN
from plaudit.safety.measuring import Measure, measure
from plaudit.safety.rulebook import shipped
from plaudit.safety.world import World


@click.group()
def safety() -> None:
    """Rules by which fraud is looked for."""


@safety.command(name="rules")
def rules_command() -> None:
    """Each rule in a sentence, with its thresholds."""
    for rule in shipped().rules.values():
        click.echo(f"{rule.name} {rule.version}: {rule.title}\n  {rule.sentence}\n  Looks alike: {rule.looks_alike}")
        known = ", ".join(f"{name} {value:,}" for name, value in (rule.bounds | rule.fixed).items())
        click.echo(f"  {known}\n  score {rule.score}\n")


@safety.command(name="measure")
@click.option("--people", type=click.IntRange(WORLD_PEOPLE_MIN, WORLD_PEOPLE_MAX), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, another world.")
def measure_command(people: int, seed: int) -> None:
    """How well the rules tell cheats from honest people, in a simulated world: no database is needed."""
    book = shipped()
    found = measure(World(people, seed), book)
    click.echo(f"{'':24}{'planted':>8}{'found':>8}{'honest':>8}{'precision':>11}{'recall':>8}")
    for one in (*found.rules, found.cases):
        click.echo(_line(one))
    click.echo(f"{found.people:,} people looked at in {found.elapsed_ms:,} ms")


def _line(one: Measure) -> str:
    planted = one.planted - one.missed
    return (
        f"{one.name:24}{one.planted:>8,}{planted:>8,}{one.honest:>8,}"
        f"{one.precision_permille // 10:>9}.{one.precision_permille % 10}"
        f"{one.recall_permille // 10:>6}.{one.recall_permille % 10}"
    )
