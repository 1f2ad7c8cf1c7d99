"""Limits of safety."""

WINDOW_DAYS = 30  # of gifts, orders and reversals that a look takes in
RING_PEOPLE_MAX = 4  # of a ring that is looked for
RINGS_TOLD_MAX = 5  # of one person at once
SCORE_MAX = 100
EVIDENCE_MAX = 20  # rows that a finding names
WORLD_PEOPLE_MIN = 300
WORLD_PEOPLE_MAX = 100_000
