"""Limits of rules."""

PACK_LENGTH_MAX = 20_000  # characters of a pack's file
PACK_FINDINGS_MAX = 100  # that are told of one pack
RULE_AGE_MAX = 30  # years
PACKS_READ_MAX = 2_000  # published versions, of all countries
FACTS_KNOWN_MAX = 200_000  # people whose facts a process remembers
FACTS_FRESH_S = 300  # for how long, where no word of a change arrives
FACTS_READ_AT_ONCE_MAX = 1_000  # people
BOOK_FRESH_S = 30  # between two looks whether a pack was published, where no word of it arrives
TALLY_EVERY_S = 10  # between two writings of what was refused and asked for
TALLIES_KEPT_DAYS = 400
TALLY_DAYS_MAX = 366  # that are told at once
AGE_YEARS_MAX = 120
AGE_WORD_LENGTH_MAX = 60  # characters of a method or source
ASSURANCES_PER_PERSON_MAX = 50  # of one person that are looked at
DRY_RUN_DAYS = 31  # of real acts that a pack is tried on
DRY_RUN_EXAMPLES_MAX = 5  # of each rule
