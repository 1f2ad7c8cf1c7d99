"""Limits of decisions."""

DECISION_DAYS = 14  # a proposal nobody decided by then is over
DECISIONS_OPEN_MAX = 100  # open proposals of one person
DECISION_REASON_LENGTH_MAX = 500  # characters
