"""Every limit of what speaks to PayPal, with its unit in its name."""

PAYPAL_TOKEN_SPARE_S = 120  # before its end an access token is renewed
PAYPAL_TRANSMISSION_AGE_H_MAX = 96  # of a webhook: PayPal tries for 3 days, and clocks and queues need room
PAYPAL_TRANSMISSION_AHEAD_S_MAX = 300  # by which PayPal's clock may be ahead of ours
PAYPAL_CERTIFICATES_KEPT = 16  # checked signing certificates at hand, per process
PAYPAL_CERTIFICATE_KEPT_S = 86_400  # after this a certificate is fetched and checked again
PAYPAL_CERTIFICATE_BYTES_MAX = 65_536  # of a certificate with its chain
PAYPAL_CERTIFICATE_FETCHES_PER_MINUTE = 30  # whatever addresses messages name
PAYPAL_CERTIFICATE_FETCHES_RESERVED = 10  # of those, for addresses that come again
PAYPAL_CERTIFICATES_WAITING_MAX = 1_000  # addresses remembered that could not be asked
PAYPAL_SEARCH_DAYS_MAX = 31  # of one transaction search, as PayPal has it
PAYPAL_TRANSACTIONS_PER_PAGE = 100
PAYPAL_DISPUTES_PER_PAGE = 50
PAYPAL_PAGES_MAX = 200  # pages of one search
