"""Limits of mails."""

MAIL_EVERY_S = 5  # pause between two looks for mails to send
MAIL_LEASE_S = 180  # after this a mail whose sender died is sent again
MAIL_PAUSE_S_FIRST = 60  # until a mail that did not go is tried again; doubled each time
MAIL_PAUSE_S_MAX = 21_600
MAIL_TRIES_MAX = 30  # some five days, after which a mail is given up
MAILS_AT_ONCE = 4  # connections to the mail server, per process
MAILS_PER_RUN_MAX = 500
MAIL_SERVER_TIMEOUT_S = 20  # for each answer of the mail server
MAIL_WORDS_LENGTH_MAX = 300  # characters of what a mail server or a host says of a mail
MAILS_NOT_DELIVERED_DAYS = 30  # how long a mail that did not arrive is drawn attention to
MAILS_FORGOTTEN_AT_ONCE = 1_000  # in one transaction
BOUNCE_BYTES_MAX = 16_384  # of what tells of a bounce
