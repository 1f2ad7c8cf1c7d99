"""What breaks the laws of statements. Each sums the month of the stage first, and issues its papers."""

_ISSUED = """
    select sum_earnings(s.shard::smallint, '2100-01-01Z') from ledger_setting, generate_series(0, shards - 1) s (shard);
    select count(i) from ledger_setting, generate_series(0, shards - 1) s (shard),
        issue_statements(s.shard::smallint, '2100-01-01Z', 'A house', '', '', 500) i;
"""

_SEALED = "update earnings_statement set hash = earnings_hash(shard, creator_id, month, edition)"
"""So that nothing is wrong but what is broken."""


def _issued(*changes: str) -> str:
    return _ISSUED + ";".join(changes)


BREAKS = [
    (
        "statements_equal_the_books",
        _issued(
            "update earnings_month set coins_in = coins_in + 1, received_coins = received_coins + 1",
            "update earnings_line set coins = coins + 1 where reason = 'delivery'",
            "update earnings_gift set coins = coins + 1 where kind = 'paid' and country = 'GB'",
            "update earnings_country set coins_in = coins_in + 1",
            _SEALED,
        ),
    ),
    (
        "statements_follow_each_other",
        _issued("update earnings_month set opening_available = opening_available + 1", _SEALED),
    ),
    (
        "statements_follow_each_other",
        _issued("update earnings_position set month = month + interval '2 months'"),
    ),
    (
        "statement_lines_add_up",
        _issued("update earnings_line set pending = pending - 1 where reason = 'conversion'", _SEALED),
    ),
    ("statement_lines_add_up", _issued("update earnings_country set diamonds = diamonds + 1", _SEALED)),
    ("statement_lines_add_up", _issued("update earnings_gift set gifts = gifts + 1", _SEALED)),
    ("statements_are_as_issued", _issued("update earnings_line set movements = movements + 1")),
    ("statements_have_no_gaps", _issued("update earnings_statement set number = number + 1000")),
    ("statements_have_no_gaps", _issued("update earnings_series set last_number = last_number + 1")),
    (
        "statements_have_no_gaps",
        _issued("update earnings_month set edition = edition + 1", "delete from earnings_statement"),
    ),
]
