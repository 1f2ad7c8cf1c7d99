"""Every limit of what speaks to the App Store, with its unit in its name."""

APPLE_SIGNATURE_FRESH_S = 86_400  # a transaction signed longer ago is read again from Apple
APPLE_NOTIFICATION_AGE_S_MAX = 518_400  # Apple tries for three days; an older notification is not believed
APPLE_CLOCK_LEEWAY_S = 300  # by which Apple's clock may be ahead of ours
APPLE_HISTORY_PAGES_MAX = 500  # of 20 notifications; a time of more is asked for in halves
APPLE_HISTORY_SPAN_S_MIN = 60  # which is not halved any more
APPLE_REFUSAL_LENGTH_MAX = 500  # characters of why Apple takes no report
APPLE_LINK_REPORT_HOURS = 240  # Apple asks for what it was not told within ten days
APPLE_APP_AGE_S_MAX = 180 * 86_400  # of a signed app transaction, by which an account is known
