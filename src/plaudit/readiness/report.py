"""A report as a person at a terminal reads it."""

from plaudit.readiness.model import CheckResult, Report, State

_SIGNS = {
    State.OK: "ok       ",
    State.ATTENTION: "attention",
    State.BLOCKING: "BLOCKING ",
    State.NOT_ASKED: "not asked",
}


def as_text(report: Report) -> str:
    """All lines, and what it comes to."""
    width = max(len(one.title) for one in report.results)
    return "\n".join([*(_line(one, width) for one in report.results), "", verdict(report)])


def _line(one: CheckResult, width: int) -> str:
    line = f"{_SIGNS[one.state]}  {one.title:<{width}}  {one.why}"
    mend = one.command or one.page
    return f"{line}\n{' ' * (len(_SIGNS[one.state]) + width + 4)}→ {mend}" if mend else line


def verdict(report: Report) -> str:
    """One line: ready or not, and how many things want somebody."""
    blocking, attention = len(report.of(State.BLOCKING)), len(report.of(State.ATTENTION))
    if blocking:
        return f"Not ready: {blocking} {'thing blocks' if blocking == 1 else 'things block'}, {attention} to look at."
    return f"Ready; {attention} to look at." if attention else "Ready."
