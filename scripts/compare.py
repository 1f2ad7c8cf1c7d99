"""Benchmarks of this checkout beside those of another, in turns, so that a slow spell of the machine meets both alike.

compare.py OTHER [NAME] [ROUNDS, two or more]: `make install-dev` was run in both.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import quantiles

HERE = Path(__file__).parents[1]


def measure(checkout: Path, name: str) -> dict[str, float]:
    """The figures of one run there."""
    command = [checkout.absolute() / ".venv/bin/plaudit", "bench", name, "--json"]
    told = subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, check=True, text=True).stdout
    return {figure: one for figure, one in json.loads(told).items() if isinstance(one, int | float)}


def main(other: str, name: str = "http", rounds: str = "8") -> None:
    """Print each figure's ratio, ours by theirs: the quarters of those of the rounds."""
    turns = [(Path(other), HERE), (HERE, Path(other))]
    measured: list[dict[Path, dict[str, float]]] = []
    for number in range(int(rounds)):
        measured.append({checkout: measure(checkout, name) for checkout in turns[number % 2]})
        print(f"round {number + 1} of {rounds}", file=sys.stderr)  # noqa: T201 - what the command is for
    ours, theirs = [one[HERE] for one in measured], [one[Path(other)] for one in measured]
    for figure in ours[0]:
        if not all(them.get(figure) for them in theirs):
            continue  # theirs does not measure it, or found nothing
        ratios = [us[figure] / them[figure] for us, them in zip(ours, theirs, strict=True)]
        low, middle, high = quantiles(ratios, n=4)
        print(f"{name} {figure:<26} {middle:.3f}  ({low:.3f} to {high:.3f})")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
