"""Limits of exports and of erasing."""

EXPORT_DAYS = 7  # that an export is kept after it was made
EXPORTS_PER_HOUR = 3  # that one person may ask for
EXPORTS_SHOWN_MAX = 10  # of one person, the newest
EXPORT_ROWS_AT_ONCE = 500  # read from the database
EXPORT_ROWS_MAX = 5_000_000  # of one table; a person with more needs an operator at the database
EXPORT_PART_BYTES = 262_144  # of a file, sealed one by one
EXPORT_BYTES_MAX = 500_000_000  # of one file
EXPORT_EVERY_S = 5  # between two looks for exports to make
EXPORT_LEASE_S = 1_800  # for one export, before it counts as failed
EXPORT_PAUSE_S_FIRST = 60  # until an export that failed is made again; doubled each time
EXPORT_PAUSE_S_MAX = 21_600
EXPORTS_PER_RUN_MAX = 20
REASON_LENGTH_MAX = 500  # characters of why an operator asks
