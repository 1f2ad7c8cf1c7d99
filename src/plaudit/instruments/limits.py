"""Limits of instruments."""

INSTRUMENT_DAYS = 180  # for which it is known with whom one was seen last
INSTRUMENT_LENGTH_MAX = 500  # characters of what is told of one
INSTRUMENTS_PER_PERSON_MAX = 50
INSTRUMENTS_FORGET_EVERY_S = 3_600
INSTRUMENTS_FORGOTTEN_PER_RUN_MAX = 10_000
