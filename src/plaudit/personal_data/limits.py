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
ERASURE_GRACE_DAYS = 14  # from asking to be erased to the beginning, in which it can be taken back
ERASURE_OBSTRUCTED_HOURS = 12  # until it is looked again whether what was in the way is gone
ERASURE_ROWS_AT_ONCE = 500  # in one transaction
ERASURE_EVERY_S = 30  # between two looks for erasures to begin
ERASURE_LEASE_S = 1_800  # for one erasure, before it counts as failed; it goes on where it was
ERASURE_PAUSE_S_FIRST = 60  # until one that failed goes on; doubled each time
ERASURE_PAUSE_S_MAX = 21_600
ERASURES_PER_RUN_MAX = 20
ERASURES_LISTED_AT_ONCE = 1_000  # lines of `plaudit erasures list` read at once
ERASURES_FILE_BYTES_MAX = 50_000_000  # of a list that is read after a restore
PEOPLE_LOOKED_AT_ONCE = 5_000  # people compared with such a list, read at once
