"""Every limit of what speaks to Google Play, with its unit in its name."""

GOOGLE_TOKEN_LENGTH_MAX = 1_000  # characters of a purchase token
GOOGLE_QUANTITY_MAX = 100  # units in one purchase
GOOGLE_PURCHASE_AGE_DAYS_MAX = 30  # a purchase older than this is not brought any more
GOOGLE_CLOCK_AHEAD_S_MAX = 300  # by which Google's time of a purchase may be ahead of ours
GOOGLE_PUSH_LEEWAY_S = 30  # by which the clock that signs pushes may differ from ours
GOOGLE_PUSH_TOKEN_AGE_S_MAX = 3_600  # of the token that signs a push
GOOGLE_CERTS_CACHE_S = 3_600  # how old the fetched certificates of Google may be
GOOGLE_CERTS_REFETCH_MIN_S = 30  # between two fetches because of an unknown key
GOOGLE_REVIEW_HOURS = 24  # until when the review of a chargeback is heeded
GOOGLE_VOIDED_LAG_S = 3_600  # by which the list of voided purchases may be behind the push that tells of one
GOOGLE_VOIDED_DAYS_MAX = 30  # how far back voided purchases are listed
GOOGLE_VOIDED_PAGE_LENGTH = 1_000  # voided purchases in one answer
GOOGLE_VOIDED_PAGES_MAX = 100  # of one list
GOOGLE_LINK_REPORT_HOURS = 24  # within which Google wants to be told of a sale by way of a link
