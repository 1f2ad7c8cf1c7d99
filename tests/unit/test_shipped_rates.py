"""What a release brings to a house in use changes no rate by itself: migrations after decisions began write none."""

import re
from pathlib import Path

import plaudit.schema

DECIDED_TABLES = "reward_rule|payout_rate|payout_terms|tax_rate|subdivision_tax_rate|price|package|price_book"
_WRITES = re.compile(rf"^\s*(insert\s+into|update|delete\s+from)\s+({DECIDED_TABLES})\b", re.IGNORECASE | re.MULTILINE)


def test_no_migration_changes_what_people_decide() -> None:
    folder = Path(plaudit.schema.__file__).parent / "migrations"
    texts = {file.name: file.read_text() for file in sorted(folder.glob("*.sql"))}
    writing = {name for name, text in texts.items() if _WRITES.search(text)}
    assert {"0016_pre_creators.sql", "0017_pre_payouts.sql"} <= writing, "what houses begin with"
    later = {name for name in writing if name > "0058_pre_decisions_kept.sql"}
    assert later == set(), "let operators decide it, as `published_tax_rate` does"
