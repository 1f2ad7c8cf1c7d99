"""Limits of rules."""

PACK_LENGTH_MAX = 20_000  # characters of a pack's file
PACK_FINDINGS_MAX = 100  # that are told of one pack
RULE_AGE_MAX = 30  # years
PACKS_READ_MAX = 2_000  # published versions, of all countries
FACTS_KNOWN_MAX = 200_000  # people whose facts a process remembers
FACTS_FRESH_S = 300  # for how long, where no word of a change arrives
FACTS_TOLD_MAX = 10_000  # people of whom it is remembered when others were told
BOOK_FRESH_S = 30  # between two looks whether a pack was published, where no word of it arrives
TALLY_EVERY_S = 10  # between two writings of what was refused and asked for
TALLIES_KEPT_DAYS = 400
RULES_FORGOTTEN_AT_ONCE = 1_000  # counts, decisions or ages, in one transaction
TALLY_DAYS_MAX = 366  # that are told at once
TALLIES_TOLD_MAX = 500  # rules
CAP_DAY_H = 24  # of a cap of a day: any so many hours
CAP_MONTH_H = 31 * 24  # and of a month
AGE_YEARS_MAX = 120
AGE_WORD_LENGTH_MAX = 60  # characters of a method or source
PROVED_AHEAD_S = 300  # that a clock of somebody who proves an age may be ahead of ours
DRY_RUN_DAYS = 31  # of real acts that a pack is tried on
DRY_RUN_ROWS_MAX = 100_000  # pairs of giver and receiver, and as many others, that are looked at once
DRY_RUN_EXAMPLES_MAX = 5  # people of each change
AGE_OF_GUARDIANS = 18  # from which age on somebody may answer for others, and nobody answers for them
