"""Limits of this room, each with its unit."""

STATEMENTS_EVERY_S = 900  # pause between two looks for months to sum and papers to issue
STATEMENTS_SETTLE_MINUTES = 30  # after which what was stamped with the month before is committed
STATEMENTS_ISSUED_AT_ONCE = 500  # papers that get their numbers in one transaction
STATEMENTS_STEPS_PER_RUN_MAX = 20_000  # months of shards, and batches of papers, of one run; the next one goes on
STATEMENTS_SUM_S = 1_800  # for all creators of one shard in one month
STATEMENT_PLACES_SHOWN = 100  # rooms and videos of one statement, those with most coins; the rest is one line
STATEMENT_COUNTRIES_MAX = 300  # of one statement: there are no more
STATEMENT_LINES_MAX = 5_000  # of one statement, a payout each
STATEMENT_PACK_MAX = 200  # papers of one year in one file
STATEMENT_PACKS_PER_HOUR = 6  # of one person
