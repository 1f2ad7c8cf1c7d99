"""The machine of gifts on videos must see what it is there to see: bugs planted in the statements of the follower."""

from types import ModuleType

import pytest

from plaudit.ledger import following
from plaudit.videos.given import actions as given
from tests.property.test_given_on_videos import hold_against_model
from tests.support.plants import require_found

pytestmark = pytest.mark.unsold

# Whose statement, its name, what is right, what stands there instead, and the rule, constraint or law that must see it.
BUGS = {
    "what was taken before is not known": (
        following,
        "gifts_of_reversal",
        "when 'take' then e.coins else -e.coins",
        "when 'take' then 0 else 0",
        "video_total_check or video_subtotal_check",
    ),
    "this entry is before itself": (
        following,
        "gifts_of_reversal",
        "l.log_no < $5",
        "l.log_no <= $5",
        "_is_as_given or video_total_check",
    ),
    "who hides is told when it goes back": (
        following,
        "gifts_of_reversal",
        "w.anonymous",
        "false as anonymous",
        "_is_as_given or video_subtotal_check",
    ),
    "what comes back comes to the beginning": (
        following,
        "gifts_of_reversal",
        "w.position_ms",
        "null::integer as position_ms",
        "_is_as_given or video_totals_equal_the_log",
    ),
    "the second gift of a second replaces the first": (
        given,
        "add_to_subtotals",
        "coins = t.coins + excluded.coins",
        "coins = excluded.coins",
        "_is_as_given or video_subtotal_check",
    ),
    "items of all seconds are at each": (
        given,
        "timeline",
        "and t.second = m.second",
        "",
        "_is_as_given",
    ),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, statement, right, wrong, found_by = BUGS[bug]
    _plant(monkeypatch, module, statement, right, wrong)
    require_found(
        found_by, database_url, lambda examples: hold_against_model(database_url, examples=examples, planted=True)
    )


def _plant(monkeypatch: pytest.MonkeyPatch, module: ModuleType, statement: str, right: str, wrong: str) -> None:
    sql = module.SQL[statement]
    assert right in sql, "the planted bug no longer fits the code"
    monkeypatch.setitem(module.SQL, statement, sql.replace(right, wrong))
