"""Who may call what, as a table: `python -m plaudit.http.matrix` writes docs/roles.md from what handlers declare, and a
test holds both it and the server to it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar
from litestar.routes import HTTPRoute

from plaudit.people.access import STAFF, Access, required
from plaudit.people.model import STAFF_ROLES, Role, Scope

STAFF_COLUMNS = tuple(role for role in Role if role in STAFF_ROLES)
COLUMNS = ("guest", "viewer", "creator", *map(str, STAFF_COLUMNS))
_SAFE = frozenset({"GET", "HEAD"})
_INTRODUCTION = """\
# Who may call what

Made by `python -m plaudit.http.matrix` from what each handler declares; a test asks the server for every cell.

| role | is for |
|---|---|
| `owner` | everything operators may, and saying who else is one |
| `support` | buyers: orders, refunds, purchases in stores, coins given away, mail |
| `finance` | payouts and their worth, reward rules, reconciliation, accounting, audits, taxes, what stands still |
| `pricing` | price books, tax rates, rules of withdrawal |
| `catalogue` | gifts and their art |
| `safety` | words of gifts, what stands still, accounts of one person, and signing people out |
| `auditor` | reads what operators read, the trail too, and changes nothing |

The first owner is made by `plaudit operator add`, by who owns the database. After that two owners give a role
(`POST /v1/operator/roles`, `/operator/access`), neither of them to themselves or to an account linked to theirs; one
takes it away. What a platform's tokens call `operator` is an owner, as it was before there were roles;
`PLAUDIT_OPERATOR_ROLE` makes it another, or `none`. Who was made an operator here before is an owner. Platforms may say
the finer roles themselves where that was decided, or `plaudit issuer set --role` lets them.

`●` may; `–` may not. The last column is the scope a server's key needs: speaking for itself (`key`), or with
`Plaudit-Subject` in the name of somebody who may (`for`). Without one there, a key may only what a guest may. The roles
of operators are never a key's.
"""


@dataclass(frozen=True)
class Row:
    """An address with a method, and who is let in."""

    method: str
    path: str
    may: frozenset[str]
    """Of COLUMNS."""
    by_itself: bool
    """Whether a key may without speaking for anybody."""
    for_somebody: bool
    """Whether a key may in the name of somebody who may."""
    scope: Scope | None
    step_up: bool
    """Whether people are asked for a recent sign-in, and a key for the scope that takes its place."""
    is_bare: bool
    """Whether it lets in operators of any role."""

    @property
    def needed(self) -> tuple[Scope, ...]:
        """The scopes a key needs; none: it may what a guest may."""
        return (*((self.scope,) if self.scope else ()), *((Scope.STEP_UP,) if self.scope and self.step_up else ()))

    @property
    def line(self) -> str:
        cells = ["●" if column in self.may else "–" for column in COLUMNS]
        ways = [word for word, may in (("key", self.by_itself), ("for", self.for_somebody)) if may]
        scopes = " ".join(f"`{scope}`" for scope in self.needed)
        key = f"{scopes} {' '.join(ways)}" if self.scope else "–"
        return f"| {self.method} `{self.path}` | {' | '.join([*cells, key])} |"


def rows(framework: Litestar) -> Iterator[Row]:
    """All addresses that read credentials, in their order."""
    handlers = [
        (route.path, method, handler)
        for route in framework.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods and not handler.opt.get("foreign_credentials")
        for method in handler.http_methods - {"HEAD"}
    ]
    for path, method, handler in sorted(handlers, key=lambda one: one[:2]):
        access = required(handler.opt.get("access"))
        yield Row(
            method=method,
            path=path,
            may=_may(access, reads=method in _SAFE and not handler.opt.get("acts")),
            by_itself=Access.SERVER in access,
            for_somebody=bool(access & {Access.VIEWER, Access.CREATOR}),
            scope=handler.opt.get("scope"),
            step_up=bool(handler.opt.get("step_up")),
            is_bare=Access.OPERATOR in access,
        )


def _may(access: frozenset[Access], *, reads: bool) -> frozenset[str]:
    if Access.PUBLIC in access:
        return frozenset(COLUMNS)
    may = {"creator"} if Access.CREATOR in access else set()
    if Access.VIEWER in access:
        may |= {*COLUMNS} - {"guest"}
    if staff := access & STAFF:
        may |= {"owner"} | ({"auditor"} if reads else set())
        may |= {*map(str, STAFF_COLUMNS)} - {"auditor"} if Access.OPERATOR in staff else {*map(str, staff)}
    return frozenset(may)


def written(framework: Litestar) -> str:
    """The whole page."""
    found = list(rows(framework))
    parts = [_INTRODUCTION]
    for title, is_api in (("Pages", False), ("API", True)):
        heads = f"| address | {' | '.join(COLUMNS)} | key |\n|{'---|' * (len(COLUMNS) + 2)}"
        lines = [row.line for row in found if row.path.startswith("/v1/") == is_api]
        parts.append("\n".join([f"## {title}\n", heads, *lines]) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    from plaudit.http.assembly import framework as assembled

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/roles.md")
    target.write_text(written(assembled()), encoding="utf-8")
