"""Bugs planted in the SQL of brakes: the machine of limits must find each, by what it names."""

import pytest

from plaudit.schema.migrate import PACKAGE
from tests.property.test_brakes import hold_against_a_model
from tests.support.plants import plant, require_found

pytestmark = pytest.mark.unsold

BRAKES = PACKAGE / "ledger" / "functions" / "08_brakes.sql"
CHARGE = PACKAGE / "ledger" / "functions" / "10_charge.sql"
HOLDS = PACKAGE / "ledger" / "functions" / "15_holds.sql"
SAID = PACKAGE / "brakes" / "functions" / "45_brakes.sql"

# File, what is right, what stands there instead, and the rule, invariant, constraint or law that must see it.
BUGS = {
    "what just fits is held": (
        BRAKES,
        "where p_worth > l.most - l.given",
        "where p_worth >= l.most - l.given",
        "give or _same or storm",
    ),
    "the short way counts nothing": (
        BRAKES,
        "select p_purse.given + (p_purse.spent - p_purse.given_spent) * p_purse.next_coin_worth",
        "select p_purse.given",
        "the_books_count_as_the_model or give or _same or storm",
    ),
    "the short way has no end": (
        CHARGE,
        "purse.spent + line.coins <= purse.free_through and",
        "purse.free_through is not null and",
        "wallet_goes_free_so_far or give or _same or storm",
    ),
    "a session never ends": (
        BRAKES,
        "if b.session_since is null or p_at - b.given_at >= session_gap() then",
        "if b.session_since is null then",
        "give or _same or storm or brakes_count_what_was_given",
    ),
    "coins are worth what the first one is": (
        BRAKES,
        "purse.free_through := least(p_through,",
        "purse.free_through := least(p_through + 50,",
        "the_books_count_as_the_model or give or _same or storm",
    ),
    "what was set aside is asked about again": (
        HOLDS,
        "confirmed constant bigint := 1000000000000;",
        "confirmed constant bigint := null;",
        "give_what_is_held",
    ),
    "another zone opens the day anew": (
        BRAKES,
        "if before.id is not null then",
        "if before.id is not null and before.time_zone = b.time_zone then",
        "the_books_count_as_the_model or give or _same or storm",
    ),
    "looser holds at once": (
        SAID,
        "said.effective_at := said.set_at + make_interval(",
        "said.effective_at := said.set_at + 0 * make_interval(",
        "give or _same or storm",
    ),
    "who is linked has a limit of their own": (
        SAID,
        "members constant bigint[] := spending_accounts(p_person_id);",
        "members constant bigint[] := array[p_person_id];",
        "the_books_count_as_the_model or give or _same or storm",
    ),
    "a break holds nothing": (
        BRAKES,
        "if p_brake.stopped_until > p_at then",
        "if false then",
        "give or _same or storm",
    ),
    "one creator's month is everybody's": (
        BRAKES,
        "and c.brake_id = p_brake.id and c.creator_id = p_creator_id",
        "and c.brake_id = p_brake.id",
        "give or _same or storm",
    ),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str) -> None:
    file, right, wrong, by = BUGS[bug]
    plant(database_url, file, right, wrong)
    require_found(
        by, database_url, lambda examples: hold_against_a_model(database_url, examples=examples, planted=True)
    )
