"""Every limit of what speaks to Stripe, with its unit in its name."""

STRIPE_WEBHOOK_OLD_S_MAX = 300  # age of a signature of Stripe; what is sent again is signed again
STRIPE_WEBHOOK_AHEAD_S_MAX = 300  # by which a signature of Stripe may be ahead of our clock
STRIPE_PAGE_LENGTH = 100  # objects of one page of a list
STRIPE_PAGES_MAX = 10_000  # pages of one list
STRIPE_EVENT_BYTES_MAX = 262_144  # body of one webhook of Stripe, whose events carry whole objects
