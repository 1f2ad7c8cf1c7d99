"""Every limit of the engine, with its unit in its name; providers have theirs beside them. One missing is a defect."""

# settings
SETTING_BYTES_MAX = 64_000  # of a file of settings, or of one credential
QUOTE_KEY_LENGTH_MIN = 32  # characters

# ids
ID_CLOCK_AHEAD_HOURS_MAX = 24

# charge
SHARDS_MAX = 1_024  # of one database
LEDGER_CONNECTIONS_MAX = 8  # that a process charges over at once, and as many that it delivers over, for all shards
GIFT_QUEUE_LENGTH_MAX = 20_000  # gifts waiting for the batch writer, per process
GIFT_BATCH_LENGTH_MAX = 4_000  # gifts in one call of charge()
GIFT_COUNT_MAX = 9_999  # items in one gift
GIFT_COINS_MAX = 1_000_000_000  # coins of one gift
GIFT_MESSAGE_LENGTH_MAX = 150  # characters of the words with one gift
GIFTS_PER_REQUEST_MAX = 500  # gifts in one POST /v1/gifts:batch
CHARGE_ATTEMPTS_MAX = 20  # tries of one batch while the database is away
CHARGE_RETRY_PAUSE_MS = 50  # after the first failed try; longer by as much after each
PARTITIONS_EVERY_S = 86_400  # between two looks whether next month's partitions are there
EXPIRE_EVERY_S = 300  # pause between two looks for expired lots
EXPIRED_LOTS_PER_RUN_MAX = 500  # lots taken out of wallets in one transaction
HOLDS_OPEN_MAX = 100  # open holds of one wallet
HOLD_DAYS_MAX = 31  # that coins can be held
HOLDS_LAPSED_PER_RUN_MAX = 500  # holds one run of the job lets go
HOLD_LAPSE_EVERY_S = 5  # pause between two looks for holds whose time is over
HOLD_LEASE_S = 60  # letting one go takes far less
HOLD_PAUSE_S_FIRST = 10  # until a hold that could not be let go is tried again; doubled each time
HOLD_PAUSE_S_MAX = 3_600
GIFT_PARTITION_MONTHS_AHEAD = 3  # months a gift may be charged in before the job must have run again
COMBO_WINDOW_MS = 5_000  # a gift this long after the one before starts a new combo

# delivery
DELIVERY_BATCHES_MAX = 16  # batches of one stream in one transaction
DELIVERY_PAUSE_MS = 20  # between two looks while gifts come, so that batches gather
DELIVERY_RETRY_PAUSE_MS = 500  # after a delivery failed
FOLLOWER_ENTRIES_MAX = 200  # deliveries and reversals of a shard a follower reads in one transaction
DELIVERY_POLL_MS = 200  # between two looks when nothing comes: how long a batch charged elsewhere may wait unseen

# audit
AUDIT_ROWS_SHOWN_MAX = 20  # rows named for each broken law
AUDIT_HOURS = 3  # in which the audit of a day is begun
AUDIT_AGE_H_MAX = 26  # after this the next is begun at any hour
AUDIT_EVERY_S = 300  # between two looks whether it is time for it
AUDIT_RUN_S_MAX = 21_600  # of the audit of a day
AUDIT_RUNS_KEPT = 100  # of which it is known what they found
AUDIT_SORT_MEMORY_MB = 128  # for each sort of an audit

# pages
PAGE_LENGTH_DEFAULT = 50
PAGE_LENGTH_MAX = 200
CURSOR_LENGTH_MAX = 300  # characters of the cursor of a page
PAGE_ADDRESS_LENGTH_MAX = 500  # characters of an address a page goes back to
PAGE_ROOMS_MAX = 60  # live rooms on a page of them
PAGE_ROWS = 25  # rows of a list on a page, before its next part is asked for
STUCK_AFTER_S = 30  # after this a charged gift that is not delivered needs a person

# database
DATABASE_CONNECTIONS = 8  # of one process, for those who ask, unless the settings say otherwise
DATABASE_JOB_CONNECTIONS = 4  # of one process, for its jobs, unless the settings say otherwise
DATABASE_HUB_CONNECTIONS = 2  # of one process, for what all who watch need
DATABASE_STATEMENT_TIMEOUT_MS = 30_000  # after this PostgreSQL gives up on one statement
DATABASE_ACQUIRE_WAIT_S = 5  # for a connection of the pool to be free, before the caller is told to come again
DATABASE_CONNECT_WAIT_S = 10  # for one new connection
DATABASE_ANSWER_SLACK_S = 5  # beyond a statement's own limit, before its connection counts as lost
DATABASE_RELEASE_WAIT_S = 2  # for what was called off to end, before its connection is ended with it
DATABASE_CLIENT_CHECK_S = 5  # until the server notices that nobody waits for a statement any more
DATABASE_CLOSE_WAIT_S = 3  # for connections to end in order
DATABASE_LISTENER_CHECK_S = 20  # between two looks whether a connection that only listens is still there
DATABASE_STATEMENTS_MAX = 400  # prepared statements one connection keeps
DATABASE_FIXED_MAX = 200  # answers that never change, remembered by one connection
DATABASE_BUFFERS_PART = 7  # of the machine's memory the embedded server gets so small a part: there is more beside it
DATABASE_BUFFERS_MB_MIN = 256
DATABASE_BUFFERS_MB_MAX = 16_384
DATABASE_MIGRATION_LOCK_WAIT_S = 600  # for another process's migration of the same database to end
FORMER_FUNCTIONS_MAX = 50  # of a file of functions, whose servers may start again
DATABASE_START_WAIT_S = 300  # for the embedded server to answer, recovery included
DATABASE_RESTARTS_MAX = 5  # of the embedded server, one soon after the other
DATABASE_RESTART_QUICK_S = 60  # a server that ended within this time of its start ended soon
DATABASE_ORPHAN_PATIENCE_S = 2  # for sessions of a killed embedded server to end by themselves
DATABASE_STOP_WAIT_S = 60  # for the embedded server to write its last checkpoint
DATABASE_LOG_BYTES_MAX = 16_000_000  # of the embedded server's log, before a start sets it aside

# catalogue
CATALOGUE_POLL_MS = 1_000  # how long a process may show a catalogue that was changed elsewhere
CATALOGUE_FRESH_S = 10  # how long a browser shows a catalogue without asking: well within PRICE_HONOURED_S
ITEM_SHOWN_FRESH_S = 86_400  # how long a browser keeps what a gift of the past showed
CATALOGUE_ITEMS_MAX = 500  # items in one catalogue
CATALOGUE_CREATORS_MAX = 200  # creators one item may be kept for
ITEM_NAME_LENGTH_MAX = 60  # characters
ITEM_NAMES_MAX = 60  # languages of one name
ITEM_ALT_LENGTH_MAX = 200  # characters
ITEM_DURATION_MS_MAX = 60_000  # of one animation
PRICE_HONOURED_S = 30  # how long the price before may be paid by who was shown it
ART_BYTES_MAX = 1_000_000  # of one picture
ART_SIDE_MAX = 4_096  # pixels
ART_PIXELS_MAX = 60_000_000  # of all pictures of one animation together
LOTTIE_DEPTH_MAX = 100  # objects and lists inside each other
PRICES_KEPT_S = 30  # how long a web price of somebody is remembered
PRICES_REMEMBERED = 10_000  # of so many people, per process
WHEREABOUTS_KEPT_S = 30  # how long the countries of somebody are remembered, where a video asks for them
WHEREABOUTS_REMEMBERED = 10_000  # of so many people and networks, per process

# people
SESSION_DAYS_KEPT = 30  # after the end they had, unless the settings say otherwise; so of codes and counts of an hour
WAYS_IN_FORGOTTEN_AT_ONCE = 2_000  # sessions, codes or counts, in one transaction
WAY_IN_CHECK_S = 5  # how long what was ended elsewhere may still act when the database could not tell of it
SESSION_DEVICE_LENGTH_MAX = 500  # characters of what a browser calls itself
SESSIONS_SHOWN_MAX = 200  # of one person, the newest
SESSION_HOURS_MAX = 24 * 30  # of one session of the pages
SIGN_IN_CODE_S = 60  # to use a code that signs somebody in
SIGN_IN_ATTEMPT_S = 600  # to come back from the platform's sign-in page
SIGN_IN_LABEL_LENGTH_MAX = 60  # characters of what a way in is called
SCOPES_LENGTH_MAX = 1_000  # characters of what a sign-in asks for
OPENID_TIMEOUT_S = 10  # for one answer of a platform while somebody waits to be signed in
OPENID_BYTES_MAX = 65_536  # of such an answer
OPENID_PLATFORM_CACHE_S = 600  # how old what a platform publishes of itself may be
ID_TOKEN_LENGTH_MAX = 8_192  # characters; a longer one is not kept to sign out with
LOGOUT_TOKEN_AGE_S_MAX = 600  # since it was made; platforms try again soon or not at all

# rooms
ROOM_REFRESH_MS = 1_000  # how long a process may believe a room is live that was ended elsewhere
ROOMS_KNOWN_MAX = 10_000  # rooms whose state one process keeps at hand
WORDS_FORGOTTEN_AT_ONCE = 500  # frames that lose words, in one transaction
ROOMS_PER_CREATOR = 200  # rooms of one creator that have not ended, unless the settings say otherwise
ROOM_TITLE_LENGTH_MAX = 120  # characters
ROOM_STAGE_URL_LENGTH_MAX = 2_000  # characters
TOP_GIFTERS_LENGTH_MAX = 100  # gifters named in one answer
TOP_GIFTERS_LENGTH = 10  # gifters named in a room's state
GIFTERS_TRACKED_MAX = 100_000  # gifters of one room whose coins one process keeps at hand
THANKS_PER_REQUEST_MAX = 200  # gifts ticked off in one request
OVERLAY_TOKENS_MAX = 50  # valid overlay tokens of one creator
OVERLAY_LABEL_LENGTH_MAX = 60  # characters

ROOM_EXTERNAL_ID_LENGTH_MAX = 200  # characters of a platform's own id of a room
COVER_ALT_LENGTH_MAX = 200  # characters

# streams
STREAM_SECRET_LENGTH_MIN = 32  # characters
STREAM_CALLBACK_BYTES_MAX = 8_192  # of what a media server tells at once
STREAM_SILENCE_S = 60  # a stream whose server tells that it goes on, and then is silent for so long, has broken off
STREAMS_ENDED_EVERY_S = 2  # pause between two looks for streams that are over
STREAMS_ENDED_PER_RUN_MAX = 200  # streams one run of the job ends

# videos
VIDEOS_PER_CALL_MAX = 1_000  # videos a server may tell of at once
VIDEO_EXTERNAL_ID_LENGTH_MAX = 200  # characters of a platform's own id of a video
VIDEO_TITLE_LENGTH_MAX = 200  # characters
VIDEO_DURATION_MS_MAX = 86_400_000
TERRITORIES_MAX = 300  # where one video may, or may not, be watched
VIDEO_TOLD_AHEAD_S_MAX = 300  # by which a platform's clock may be ahead of ours
VIDEO_TOKEN_LIFETIME_S_MAX = 86_400  # of a token that tells of a video
VIDEO_TOKEN_LENGTH_MAX = 8_192  # characters
VIDEO_KEY_BITS = 128  # of what an unlisted video is shown by: 32 digits of 16
VIDEO_KEY_LENGTH_MAX = 100  # characters of one that somebody shows
ADULT_YEARS = 18  # of age, from which on somebody sees what is age-restricted
VIDEO_FRESH_MS = 1_000  # how long a process may believe what was said of a video elsewhere to be otherwise
VIDEOS_KNOWN_MAX = 10_000  # videos one process keeps at hand
VIDEOS_READ_AT_ONCE_MAX = 500  # in one query for those that gifts go to
VIDEO_TOKENS_KNOWN_MAX = 20_000  # tokens whose video one process remembers
PAGE_VIDEOS_MAX = 60  # videos on one page of all
VIDEO_TOTALS_EVERY_S = 1  # pause between two looks at what was given on videos, to sum it
TIMELINE_MARKS_MAX = 200  # of one timeline, however long the video is and however much was given
TIMELINE_MARKS_DEFAULT = 100
TIMELINE_SENDERS_MAX = 3  # named at one mark
TIMELINE_GIVERS_COUNTED = 200  # pairs of item and giver of one mark, of all its seconds, among which givers are counted
TIMELINE_ITEMS_READ = 12  # pairs of item and giver of one mark that are looked at, the dearest
VIDEO_GIVERS_MAX = 100  # named in one answer
VIDEO_LAST_GIFTS_LENGTH = 20  # last gifts of a video in one answer
VIDEO_LAST_FRAMES_READ = 40  # frames that these are looked for in
VIDEO_LAST_GIFTS_READ = 200  # of their gifts: those taken back are passed over

# hub
HUB_TICK_MS = 100  # at most one message of frames a room in this time
HUB_POLL_MS = 1_000  # how long a frame may go unseen when its notification is lost
HUB_READ_FRAMES_MAX = 256  # frames of one room in one read of the database
HUB_RING_FRAMES_MAX = 512  # recent frames kept per open room
HUB_RING_BYTES_MAX = 2_000_000  # of those
HUB_AHEAD_FRAMES_MAX = 1_024  # frames of one room that wait for an earlier one
HUB_ROOMS_MAX = 5_000  # rooms open in one process
HUB_ROOMS_READ_KEPT = 1_000  # rooms nobody watches, of which a process remembers what they received
HUB_ROOMS_READ_AT_ONCE = 2  # rooms whose whole past is summed at once, so that this leaves connections to others
HUB_ROOM_LINGER_S = 30  # how long a room without sockets stays open
HUB_FAN_OUT_STEP = 250  # sockets served before others get a turn
STATE_INTERVAL_MS = 2_000  # between two states of a room
STATE_NUDGE_PAUSE_MS = 200  # between two rounds of states when somebody waits for a first one
VIEWERS_SEEN_WITHIN_S = 15  # a process silent for longer is gone, and its viewers with it
PROFILES_MAX = 20_000  # names and avatars one process keeps at hand
PROFILE_KEPT_S = 60  # how long a changed name or avatar may stay unseen
NOTIFY_IDS_MAX = 300  # rooms or people named in one notification
CARRIER_RETRY_PAUSE_MS = 500  # before another try to listen for notifications
WALLETS_POLL_S = 10  # how long a wallet changed elsewhere may show old coins when its notification is lost
PRESENCE_KEPT_S = 60  # before the viewers of a process that is gone are forgotten
FRAMES_MESSAGE_BYTES_MAX = 256_000  # of one message of frames, unless a single frame is longer
FRAMES_BACKLOG_MAX = 50  # frames shown to somebody who comes without a cursor
FRAMES_RESUME_MAX = 5_000  # frames a cursor may be behind before it is void

# sockets
SOCKETS_MAX = 20_000  # of one process, unless the settings say otherwise
GUEST_SEATS_PERCENT = 90  # of these, that guests may take all together
GUEST_SOCKETS_PER_ADDRESS = 200  # of guests from one address, per process, unless the settings say otherwise
OVERLAYS_PER_CREATOR_MAX = 50  # open at once, per process
VIDEOS_WATCHED_PER_CREATOR = 1_000  # videos of one creator watched at once, per process
ROOMS_WATCHED_PER_CREATOR = 100  # rooms of one creator watched at once, per process, unless the settings say otherwise
SOCKETS_PER_PERSON_MAX = 20  # of one person, per process
SOCKET_BUFFER_BYTES_MAX = 1_000_000  # waiting for one reader before it is sent no more
SOCKET_MESSAGE_BYTES_MAX = 4_096  # of one command; a longer one is answered with a problem
SOCKET_FRAME_BYTES_MAX = 65_536  # a longer one closes the socket
SOCKET_COMMANDS_PER_S = 50  # of one socket, on average
SOCKET_COMMANDS_BURST = 100  # of one socket, at once
SOCKET_REFUSALS_MAX = 200  # commands above the rate before the socket is closed
SOCKET_COMMANDS_UNDER_WAY_MAX = 64  # commands of one socket that wait for their answer
SOCKET_HEARTBEAT_S = 25  # between two signs of life
SOCKET_CLOSE_WAIT_S = 2  # for a slow reader to take its farewell
SOCKET_DRAIN_WAIT_S = 10  # for a reader to take what was sent before it is let go

# chat
MARKS_PER_LETTER_MAX = 4  # that stand over each other; no script needs more
CHAT_TEXT_LENGTH_MAX = 300  # characters of one message
CHAT_MESSAGES_PER_10_S = 8  # of one person
CHAT_TICK_MS = 50  # messages of this long become one frame
CHAT_QUEUE_LENGTH_MAX = 2_000  # messages waiting, per process
CHAT_IDS_REMEMBERED = 20_000  # per process, so that a repeated command appears once
CHAT_SPEAKERS_REMEMBERED = 20_000  # per process, for the rate

# selling
COINS_PER_QUOTE_MAX = 10_000_000  # coins one quote may ask for, before the price book's own limit
QUOTE_VALID_MINUTES = 15  # how long a quote's price is promised
QUOTES_PER_HOUR = 300  # of one person, unless the settings say otherwise
ORDERS_PER_HOUR = 60  # of one person, unless the settings say otherwise
PAPERS_PER_HOUR = 120  # of one person, as PDF, unless the settings say otherwise
PAPERS_AT_ONCE = 1  # PDFs being made in one process: they take a whole core
QUOTE_KEEP_DAYS = 7  # after this a quote that was never ordered is forgotten
REGION_EVIDENCE_DAYS = 30  # how long a sign of somebody's country counts, that of the last card included
REGION_DECISIONS_PER_ORDER_MAX = 50  # decisions about one order in one answer
FORWARDED_HOPS_MAX = 20  # addresses of one header of proxies that are looked at
CAPPED_AGAIN_S = 3_600  # after which somebody who buys no more today may ask again
ORDER_VALID_MINUTES = 60  # how long an order can be paid
ORDER_POLL_AFTER_S = 20  # a pending order this old is asked about: its webhook may be lost
ORDER_POLL_PAUSE_S_MAX = 600  # longest pause between two questions about one order
ORDER_PROCESSING_DAYS_MAX = 30  # for money on its way, such as a bank debit's, to arrive before the order is over
VOUCHER_ARRIVES_DAYS_MAX = 5  # from the last day to pay with a voucher to word of it: banks rest on holidays
MAILS_NOT_DELIVERED_COUNTED_MAX = 1_000  # mails that were refused or came back, where they are counted
VOUCHER_REMINDER_H = 24  # before a voucher is good no more, its buyer is reminded
VOUCHER_DAYS_MAX = 90  # from an order to its end, however long a voucher is said to be good
PROCESSING_POLL_PAUSE_S = 3_600  # between two questions about an order whose money is on its way
ORDER_POLL_LEASE_S = 60  # after this an order whose asker died is asked about again
ORDERS_PER_JOB_MAX = 100  # orders one run of a job takes
QUOTES_FORGOTTEN_AT_ONCE = 1_000  # quotes, or orders that lose where they were paid, in one transaction
PLACES_FORGOTTEN_AT_ONCE = 1_000  # decisions about regions, in one transaction
RECHARGE_POLL_EVERY_S = 5  # pause between looks for open orders that are due
MESSAGES_FORGOTTEN_AT_ONCE = 1_000  # messages of providers, in one transaction
PROVIDER_TIMEOUT_S = 10  # for one answer of a payment provider
PROVIDER_CALLS_AT_ONCE = 8  # questions of one job to providers under way
WEBHOOK_BYTES_MAX = 65_536  # body of one webhook from a provider
WEBHOOK_APPLY_S = 5  # for a message to be applied while its sender waits, before a job goes on with it
INBOX_LEASE_S = 60  # after this a message whose worker died is taken up again
INBOX_PAUSE_S_FIRST = 2  # until a message that could not be applied is tried again; doubled each time
INBOX_PAUSE_S_MAX = 3_600
WEBHOOK_ERRORS_MAX = 12  # tries that failed for another reason than the provider's silence, before a person is asked
WEBHOOKS_PER_RUN_MAX = 200  # messages one run of the job takes
WEBHOOK_REPLAY_MAX = 5_000  # messages one request can replay
WEBHOOK_ID_LENGTH_MAX = 300  # characters of a message's id or kind
WEBHOOK_DETAIL_LENGTH_MAX = 500  # characters of what is said about an outcome
WEBHOOK_JOB_EVERY_S = 2  # between two looks for messages that are due
RECONCILE_AFTER_H = 4  # UTC; by then providers list what there was of the day before: PayPal is 3 hours behind
RECONCILE_CATCH_UP_DAYS_MAX = 14  # days compared late because nothing ran when it was their time
RECONCILE_LINGERING_EVERY_DAYS = 7  # between two questions about money going back whose end was not told
RECONCILE_OPEN_DAYS_MAX = 119  # after this somebody has to find out how a refund or dispute ended
RECONCILE_EDGE_MINUTES = 10  # by which a provider's day may begin or end at another moment than ours
RECONCILE_LISTED_MAX = 1_000_000  # payments and reversals of one provider's day
RECONCILE_PAGE_LENGTH = 500  # of ours, in one read
RECONCILE_FOUND_MAX = 10_000  # differences of one run; more than that is not for people to close one by one
RECONCILE_RUN_S_MAX = 7_200  # of one look for runs that are due; a provider's large day takes that long to read
RECONCILE_LEASE_S = 7_500  # after this a run whose worker died is begun again
RECONCILE_PAUSE_S_FIRST = 60  # until a run that failed is tried again; doubled each time
RECONCILE_PAUSE_S_MAX = 3_600
RECONCILE_RUNS_MAX = 1_000  # runs in one look
RECONCILE_TRIES_MAX = 8  # tries of one run
RECONCILE_EVERY_S = 60  # between two looks for runs that are due
CAPTURE_LEASE_S = 60  # after this a payment whose taker died is taken up again
CAPTURE_PAUSE_S_FIRST = 2  # until a payment that could not be taken or let go is tried again; doubled each time
CAPTURE_PAUSE_S_MAX = 3_600
CAPTURES_PER_RUN_MAX = 100  # decisions one run of the job carries out
CAPTURE_ALARM_AFTER_S = 86_400  # after this somebody is told of a payment that cannot be taken or let go
CALL_OFF_TRIES_MAX = 12  # refusals of a provider to let go of the unpaid checkout of an order that is over
VOUCHERS_REMINDED_MAX = 5  # vouchers one person is reminded of at once
SAVED_CARDS_MAX = 10  # cards providers keep for one person
CARDS_EVERY_S = 5  # pause between looks for customers whose cards are to be brought in line
CARDS_LEASE_S = 120  # after this a customer whose worker died is looked after again
CARDS_PAUSE_S_FIRST = 5  # until a provider that did not answer is asked again; doubled each time
CARDS_PAUSE_S_MAX = 3_600
CARDS_PER_RUN_MAX = 100  # customers one run of the job looks after
PRICE_BOOK_TEXT_MAX = 600_000  # characters of one price book as TOML
PRICE_REGIONS_MAX = 300  # regions in one price book
PRICE_PACKAGES_MAX = 50  # packages of one region and channel
LOSSES_SHOWN_MAX = 50  # places named where coins bring no more than can be paid out for them
PRICE_FINDINGS_MAX = 500  # findings of one look at a price book
PRICE_HISTORY_VERSIONS_MAX = 50  # earlier versions the offers and prices of a new one are held against
PRICE_LEFT_AFTER_FEES_BPS_MIN = 5_000  # of a price without tax, what must be left when the channel has kept its fee
PACKAGE_DEARER_BPS_MAX = 250  # by which a coin of a larger package may be dearer: prices end in round figures
OFFER_REST_DAYS = 30  # before a package may be offered again, and for which a crossed-out price must have held
OFFER_DAYS_MAX = 31  # an offer that lasts longer is a price, not an occasion
TAX_PLACES_ASKED_MAX = 3  # of one quote, whose buyer may be held to be elsewhere from one try to the next
TAX_PROVIDER_TIMEOUT_S = 5  # for what a tax provider says of a place; a buyer waits for it
TAX_ANSWER_BYTES_MAX = 20_000
EXCHANGE_EVERY_S = 14_400  # between two looks whether there are new exchange rates; they come once a working day
EXCHANGE_TIMEOUT_S = 20  # for fetching them
EXCHANGE_RATES_BYTES_MAX = 1_000_000  # of what is fetched: ninety days are some 100 kB
EXCHANGE_RATES_PER_DAY_MIN = 10  # fewer are no list of reference rates
EXCHANGE_RATES_PER_DAY_MAX = 200
EXCHANGE_DAYS_SHIPPED = 100  # of the rates that came with Plaudit, kept by a new installation: a quarter and more
TAX_RATES_EVERY_S = 86_400  # between two looks whether the installed data has new tax rates
REGION_CROSSING_BPS_MAX = 250  # by which a package may cost less than where a coin is listed for less: round figures
PRICE_JUMP_BPS = 5_000  # a coin that becomes dearer or cheaper by more may be a slip of the pen
MONEY_MINOR_MAX = 1_000_000_000_000  # minor units of one amount
RETURN_URL_LENGTH_MAX = 500
WALLET_LOTS_MAX = 200  # lots in one answer
WALLET_EXPIRING_MAX = 100  # moments shown at which coins expire
GRANT_COINS_MAX = 100_000  # coins of one grant
GRANT_COINS_PER_OPERATOR_DAY_MAX = 1_000_000  # coins one operator may give away in a day (UTC)
GRANT_COINS_PER_PERSON_DAY_MAX = 100_000  # coins operators together may give one person in a day (UTC)
GRANT_DAYS_MAX = 1_830  # until the coins of a grant expire, if they do
GRANT_REASON_LENGTH_MAX = 300  # characters of why coins are given away
GRANT_PEOPLE_SHOWN_MAX = 20  # people one search on the page of grants finds
REVERSAL_REASON_LENGTH_MAX = 200  # characters of why money goes back; providers are told
MINOR_REFUND_ORDERS_MAX = 200  # that one case of a minor gives back; a longer period takes several
REVERSALS_PER_JOB_MAX = 100  # reversals one run of the job tells their provider of
REVERSAL_LEASE_S = 60  # after this a reversal whose sender died is taken up again
REVERSAL_PAUSE_S_FIRST = 5  # until a provider that did not answer is told again; doubled each time
REVERSAL_PAUSE_S_MAX = 3_600
REVERSAL_SEND_EVERY_S = 5  # pause between looks for reversals that are due
WITHDRAWAL_TRIES_MAX = 5  # of one request while its coins are being spent
WITHDRAWAL_DAYS_MAX = 366  # that the settings can promise
WITHDRAWAL_LAST_DAY_SLACK_H = 12  # after midnight UTC, so that the last day is over everywhere
STORE_PROOF_LENGTH_MAX = 16_384  # characters of a signed transaction or purchase token
STORE_QUANTITY_MAX = 10  # units of a product in one purchase
STORE_PURCHASE_AGE_DAYS_MAX = 180  # an older purchase gives no coins by itself
STORE_CANDIDATES_MAX = 20  # orders offered for a purchase that is held
CONSUMPTION_ANSWERS_PER_RUN_MAX = 50  # requests of stores answered in one run of the job
CONSUMPTION_ANSWER_LEASE_S = 120  # after this a request whose worker died is taken up again
CONSUMPTION_ANSWER_PAUSE_S_FIRST = 30  # doubled after each attempt
CONSUMPTION_ANSWER_PAUSE_S_MAX = 1_800
STORE_LINK_LENGTH_MAX = 4_000  # characters of the token of a link out of an app
LINK_REPORTS_EVERY_S = 15  # between two looks for what stores are to be told of links
LINK_REPORTS_PER_RUN_MAX = 100  # reports in one run of the job
LINK_REPORT_LEASE_S = 60  # a try that did not end by then is made again
LINK_REPORT_PAUSE_S_FIRST = 30  # until a store that does not answer is told again; doubled each time
LINK_REPORT_PAUSE_S_MAX = 3_600
LINK_UNUSED_EVERY_S = 3_600  # between two looks for links by which nothing was bought
LINK_UNUSED_AFTER_DAYS = 7  # after which that is told; Apple asks after ten
LINKS_UNUSED_PER_RUN_MAX = 1_000  # of them in one run of the job
HELD_EVERY_S = 15  # between two looks for purchases that are held and whose store is to be asked or told
HELD_PER_RUN_MAX = 50  # of them in one run of the job
HELD_LEASE_S = 60  # a try that did not end by then is made again
HELD_PAUSE_S_FIRST = 60  # until a store that does not say what was paid is asked again; doubled each time
HELD_PAUSE_S_MAX = 21_600
HELD_ASKED_DAYS_MAX = 30  # after which asking is left to a person
CONSUMPTION_ANSWERS_EVERY_S = 15  # between two looks for requests that are due

# app stores
FINISH_EVERY_S = 5  # pause between looks for purchases the store must be told about
FINISH_PAUSE_S_FIRST = 10  # after the first failed try; doubled after each
FINISH_PAUSE_S_MAX = 3_600  # longest pause between two tries of one purchase
FINISH_LEASE_S = 60  # a try that did not end by then is made again
FINISH_ALARM_AFTER_S = 21_600  # a purchase the store was not told about for so long needs a person
FINISH_DEADLINE_S = 259_200  # after this the store gives the money back by itself: trying ends
FINISHES_PER_JOB_MAX = 100  # purchases one run of a job takes
STORE_VOIDS_EVERY_S = 600  # pause between looks for purchases a store took back
STORE_VOIDS_OVERLAP_S = 7_200  # of one look with the one before: stores list with delay
STORE_VOIDS_WINDOW_S = 86_400  # of one question; what is longer ago is asked for piece by piece
STORE_VOIDS_PAUSE_S_FIRST = 60  # until a store that did not answer is asked again; doubled each time
STORES_ASKED_MAX = 20  # stores one run of the job asks
STORE_VOIDS_LEASE_S = 600  # a look that did not end by then is made again

# sandbox
SANDBOX_WAITING_MESSAGES_MAX = 10_000  # webhooks that have not been acknowledged
SANDBOX_MESSAGES_AT_ONCE = 16  # webhooks under way
SANDBOX_MESSAGE_TIMEOUT_S = 5  # for the answer to a webhook
SANDBOX_MESSAGE_ATTEMPTS_MAX = 20
SANDBOX_MESSAGE_PAUSE_MS_FIRST = 200  # doubled after each attempt
SANDBOX_MESSAGE_PAUSE_MS_MAX = 60_000
SANDBOX_CHAOS_SPREAD_MS = 2_000  # within this the copies of an event are sent, in any order
SANDBOX_TIMERS_AT_ONCE = 100
SANDBOX_TICK_MS = 50  # how often due webhooks and timers are looked for
SANDBOX_CHECKOUT_VALID_S_MAX = 86_400  # how long a hosted page can be paid
SANDBOX_REQUEST_BYTES_MAX = 65_536
SANDBOX_PAGE_LENGTH = 100  # objects on one page of a list
SANDBOX_MAILS_MAX = 200  # mails kept in its mailbox
SANDBOX_MAIL_BYTES_MAX = 1_048_576  # of one mail
SANDBOX_DISPUTE_ANSWER_DAYS = 7  # in which a dispute can be answered

# who is asking
WRONG_KEYS_PER_MINUTE = 60  # keys and tokens from one address that are checked although they were not good, per process
PEERS_REMEMBERED = 10_000  # other ends of connections whose address was read, per process
WRONG_KEY_ADDRESSES_REMEMBERED = 10_000  # per process
MOMENT_MAX_S = 253_402_300_799  # since 1970, of a claim that is a time: the last that a date can be
MOMENT_YEAR_MIN = 1970  # of a moment that somebody says
MOMENT_YEAR_MAX = 2999  # the same; far enough from the last there is that a while can be added
TOKEN_LENGTH_MAX = 8_192  # characters of a token or key
RSA_BITS_MIN = 2_048  # of a key that tokens may be signed with
TOKEN_LIFETIME_H = 12  # of a token minted here, unless its maker says otherwise
TOKEN_LIFE_S_MAX = 86_400  # of a platform's token, unless the settings say otherwise
TOKEN_LEEWAY_S = 30  # by which the clock of an issuer may differ from ours
CALLER_CACHE_LENGTH_MAX = 50_000  # checked tokens and keys remembered, per process
KEY_USE_NOTED_EVERY_S = 60  # when a key was last used
KEY_NETWORKS_MAX = 50  # a key may be used from
CLAIMS_NAMED_MAX = 50  # claims, or roles, that a platform calls otherwise
KEY_NAME_LENGTH_MAX = 100  # characters of what a key is called
KEY_OVERLAP_DAYS_MAX = 30  # that the secret before stays good after a rotation
CALLER_CACHE_S = 60  # how long a revoked key or issuer may still pass
JWKS_CACHE_S = 600  # how old the fetched keys of an issuer may be
JWKS_REFETCH_MIN_S = 30  # between two fetches of one issuer's keys
JWKS_BYTES_MAX = 262_144  # of a key set
JWKS_TIMEOUT_S = 5  # for the answer of an issuer
SUBJECT_LENGTH_MAX = 255  # characters of a person's subject
PERSON_NAME_LENGTH_MAX = 100  # characters of a name or handle; a longer one is cut
PICTURE_ADDRESS_LENGTH_MAX = 2_000  # characters; a longer one is left out
EMAIL_ADDRESS_LENGTH_MAX = 254  # characters; as long as the path of a mail may be
PEOPLE_PER_CALL_MAX = 1_000  # people a server may name at once
PEOPLE_TOLD_PER_CALL_MAX = 500  # people a server may describe at once

# requests
BODY_BYTES_MAX = 1_048_576  # of a request
REQUEST_BYTES_MAX = 2 * BODY_BYTES_MAX  # that arrive of one request, chunks and all, before its sender is let go
CONNECTIONS_MAX = 22_000  # of one process, sockets included, unless the settings say otherwise
DESCRIPTORS_KEPT = 256  # of a process's files and connections, that no client's may take
REQUEST_HEAD_BYTES_MAX = 32_768  # of first line and headers, unless the settings say otherwise
REQUEST_HEAD_S_MAX = 10  # for them to arrive, unless the settings say otherwise
REQUEST_BODY_S_MAX = 60  # for a body to arrive, unless the settings say otherwise
ANSWER_STALLED_S = 60  # without anything of an answer being taken, before its reader is let go
QUERY_PARAMETERS_MAX = 100  # of one address
FIELD_ERRORS_MAX = 20  # fields named in one answer
READY_WAIT_S = 2  # for the database to answer a readiness check
DRAIN_S = 10  # what open requests get to finish when a process is asked to stop
STATIC_FILES_IN_MEMORY_MAX = 500  # files of the pages, per process
KEEP_ALIVE_S = 75  # an idle connection is kept, longer than proxies do
LISTEN_BACKLOG = 2_048  # connections waiting to be accepted, per process
SOCKET_MESSAGES_WAITING_MAX = 32  # commands of one socket that have not been read
GARBAGE_OBJECTS_MAX = 50_000  # new objects that may wait for the search for cycles
WORKERS_MAX = 64  # processes of one `plaudit serve`
WORKER_RESTART_S = 1  # until the death of a worker is noticed and another takes its place
WORKER_DEATHS_MAX = 10  # soon after their start, before `plaudit serve` gives up
HOUSE_STOP_S = 7  # for all parts of a process together to end in order, after requests were drained
PART_STOP_S_MIN = 1  # of these, that each part gets at least
WORKER_STOP_WAIT_S = 15  # for a worker to close its house after it has drained

# creators
RULE_TERM_MAX = 1_000_000_000  # of a numerator or denominator somebody writes
MATURITY_S_MAX = 31_536_000  # how long a reward rule may keep diamonds pending
NOTE_LENGTH_MAX = 300  # characters of a note beside a rule or rate
CONVERSION_COINS_MAX = 1_000_000_000_000_000  # coins of one conversion
MATURING_LENGTH_MAX = 100  # moments shown at which diamonds become available
MATURITY_BATCH_MAX = 200  # conversions matured in one transaction
MATURITY_BATCHES_PER_RUN_MAX = 50
MATURITY_EVERY_S = 2  # between two looks at what has matured
TOTALS_EVERY_S = 2  # pause between two looks at what creators received, to sum it
TOTALS_DAYS_DEFAULT = 30
TOTALS_DAYS_MAX = 366  # in one answer
TOTALS_SHOWN = 10  # rooms, videos, items and supporters on a page
VIDEOS_EARNED_MAX = 100  # of a creator, with the most coins; those of them that are gone are on the page of videos
CLAWBACK_EVERY_S = 2  # pause between two looks for clawbacks to apply
CLAWBACKS_PER_RUN_MAX = 500  # clawbacks one run of the job tries
CLAWBACKS_CLAIMED_MAX = 100  # creators whose next clawback is claimed at once
CLAWBACK_LEASE_S = 120  # after this a clawback whose worker died is taken up again
CLAWBACK_CONVERSIONS_PAGE = 100  # conversions read at a time while their diamonds are taken
CLAWBACK_GIFTS_LENGTH_MAX = 100  # gifts of one clawback shown at once
DEBTS_AGED_MAX = 10_000  # the largest debts of creators that are summed by age
REFUND_EXAMPLE_COINS = 1_000  # of the example of what a refund takes
CLAWBACK_GIFTS_SHOWN = 3  # the largest gifts of each in a list of clawbacks
AUTOMATIC_CONVERSION_EVERY_S = 30
AUTOMATIC_CONVERSIONS_PER_RUN_MAX = 1_000  # creators converted in one run of the job
AUTOMATIC_CONVERSIONS_CLAIMED_MAX = 50  # creators claimed at once
CREATOR_WORK_LEASE_S = 120  # after this a maturity or conversion whose worker died is taken up again
CREATOR_WORK_PAUSE_S_FIRST = (
    10  # until a clawback, maturity or conversion that failed is tried again; doubled each time
)
CREATOR_WORK_PAUSE_S_MAX = 3_600

# accounting
ACCOUNTING_EVERY_S = 600  # pause between two looks for movements to sum and days to close
ACCOUNTING_SETTLE_MINUTES = 10  # after which what was stamped with a moment is committed
ACCOUNTING_SLICE_MINUTES = 60  # of one shard's movements, summed in one transaction
ACCOUNTING_SLICES_PER_RUN_MAX = 5_000  # of one run of the job; the next one goes on
ACCOUNTING_STATEMENT_S = 240  # for summing one slice, or what is unspent at one moment
ACCOUNTING_DAYS_MAX = 3_700  # days of one period
ACCOUNTING_CSV_PAGE = 1_000  # rows of one read while a file is sent
ACCOUNTING_PLOT_DAYS_MAX = 400  # days shown on a page

# vault
VAULT_KEY_LENGTH_MIN = 32  # characters
VAULT_ROWS_AT_ONCE = 500  # sealed anew in one transaction
VAULT_KEY_KEPT_HOURS = 24  # a data key that seals nothing any more

# payouts
PAYOUT_DIAMONDS_MAX = 1_000_000_000_000  # of one payout
PAYOUT_QUOTE_VALID_S = 600  # how long a payout quote is promised
SCREENING_DAYS = 30  # that the word of a screening source holds
SCREENING_PENDING_POLL_S = 600  # between questions to a source that is still at it
SCREENING_WATCH_POLL_S = 86_400  # between questions about somebody with a payout under way, in case its webhook is lost
STEP_UP_MAX_AGE_S = 1_800  # that a sign-in may be ago for what asks for a recent one
STEP_UP_PAYOUT_DIAMONDS = 20_000  # up to which a payout asks for none
PAYOUT_METHOD_HOLD_HOURS = 72  # that nothing is paid to a new bank account
PAYOUT_METHODS_MAX = 10  # in use, of one creator
PAYPAL_RECEIVER_LENGTH_MAX = 127  # characters of a mail address that PayPal pays to
PAYOUT_METHODS_SEALED_AT_ONCE = 500  # accounts sealed anew in one transaction
PAYOUT_REASON_LENGTH_MAX = 500  # characters
PAYOUT_SENDS_AT_ONCE = 4  # calls to a payout provider under way, per process
PAYOUT_SENDS_PER_RUN_MAX = 50  # payouts taken from the queue in one run of the job
PAYOUT_SEND_LEASE_S = 120  # after this a payout whose sender died is taken up again
PAYOUT_SEND_PAUSE_S_FIRST = 2  # doubled after each attempt
PAYOUT_SEND_PAUSE_S_MAX = 3_600
PAYOUT_POLL_AFTER_S = 30  # a sent payout this old is asked about: its webhook may be lost; doubled each time
PAYOUT_POLL_PAUSE_S_MAX = 3_600  # longest pause between two questions about one payout
PAYOUT_RETURN_POLL_S = 86_400  # pause between two questions whether a paid payout came back
PAYOUT_RETURN_WATCH_DAYS = 30  # after this a paid payout is no longer asked about
PAYOUT_PROVIDER_TIMEOUT_S = 10  # for one answer of a payout provider
PAYOUT_WEBHOOK_BYTES_MAX = 65_536  # body of one webhook
PAYOUT_EXPORT_PAYOUTS_MAX = 1_000  # of one export; more go into the next
PAYOUT_OUTCOME_LINES_MAX = 1_000  # of one file of outcomes
PAYOUT_OUTCOME_FILE_LENGTH_MAX = 500_000  # characters
PAYOUT_OUTCOME_ERRORS_MAX = 50  # errors of a file that are named
PAYOUT_BANK_REFERENCE_LENGTH_MAX = 140  # characters; as long as the unstructured remittance of SEPA
PAYOUT_ACCOUNTS_FORGOTTEN_AT_ONCE = 500  # accounts or quotes of payouts, in one transaction
PAYOUT_JOBS_EVERY_S = 2  # between two looks at what is to be sent, asked about or applied
PAYOUT_REFERENCE_RATES_EVERY_S = 86_400  # between two looks at the reference rates

# events
EVENTS_PLACED_AT_ONCE_MAX = 1_000  # events put into the order of the log in one transaction
EVENT_DAYS = 30  # how long events are kept
EVENTS_FORGOTTEN_AT_ONCE = 5_000  # in one transaction
EVENTS_WANTED_EVERY_S = 600  # between two looks whether an endpoint wants gifts
EVENTS_PER_PAGE_MAX = 500  # of one answer of GET /v1/events
EVENTS_WAIT_S_MAX = 25  # how long GET /v1/events may be held open until there is something
EVENTS_WAIT_POLL_MS = 500
EVENTS_KINDS_LENGTH_MAX = 500  # characters of the parameter `kinds`
GIFTS_WANTED_DAYS = 7  # gifts are copied into the log for so long after somebody last asked for them
GIFT_EVENTS_EVERY_S = 1
COMBO_END_GRACE_S = 5  # in which a charge that has begun is committed
COMBOS_ENDED_AT_ONCE_MAX = 2_000

# webhooks to hosts
WEBHOOK_ENDPOINTS_MAX = 50
WEBHOOK_URL_LENGTH_MAX = 2_000  # characters
WEBHOOK_DESCRIPTION_LENGTH_MAX = 200  # characters
WEBHOOK_SECRET_BYTES = 32
WEBHOOK_SECRET_OLD_H = 24  # how long the secret before is still signed with, unless its operator says otherwise
WEBHOOK_SECRET_OLD_H_MAX = 168
WEBHOOK_EVERY_S = 1  # between two looks for what is due
WEBHOOK_EVENTS_PER_ROUND_MAX = 1_000  # events taken for one endpoint in one transaction
WEBHOOK_ENDPOINTS_PER_ROUND_MAX = 50
WEBHOOKS_AT_ONCE = 32  # requests under way, per process
WEBHOOKS_PER_ENDPOINT_AT_ONCE = 8  # requests to one endpoint under way, in all processes
WEBHOOK_TRY_S_MAX = 15  # for looking up the name, connecting, sending and the answer
WEBHOOK_LEASE_S = 60  # after this what a process took that died is taken up by another
WEBHOOK_ANSWER_BYTES_MAX = 1_024  # kept of an answer; no more is read
WEBHOOK_PAUSE_S_FIRST = 5  # until an event is tried again; doubled each time
WEBHOOK_PAUSE_S_MAX = 21_600
WEBHOOK_PAUSE_JITTER_PERCENT = 20  # by which pauses differ
WEBHOOK_TRIES_MAX = 23  # of one event, over about three days, before it is parked
WEBHOOK_FAILURES_SLOW = 5  # in a row, after which an endpoint gets one request at a time, with pauses between
WEBHOOK_REST_S_MAX = 600  # longest pause between requests to an endpoint that fails
WEBHOOK_FAILING_DAYS_MAX = 5  # without any success, after which an endpoint is paused
WEBHOOK_TRY_DAYS = 14  # how long tries are kept
WEBHOOK_TRIES_FORGOTTEN_AT_ONCE = 5_000  # in one transaction
WEBHOOK_ADDRESSES_MAX = 16  # addresses of one name that are looked at

# languages
ACCEPTED_LANGUAGES_MAX = 20  # tags of one Accept-Language header that are looked at
LANGUAGE_REMEMBERED_DAYS = 365  # a language somebody chose, by their browser

# the log
TRACE_ID_BYTES = 8  # of the id of a request or of a job's run

# metrics
METRICS_REMEMBERED = 2_000  # kinds of answers whose counters one process finds without looking
METRICS_EVERY_S = 10  # between two looks at what is not counted where it happens
METRICS_TOKEN_LENGTH_MIN = 16  # characters

# readiness
READINESS_CHECK_WAIT_S = 8  # for one check, before it counts as not answered
READINESS_EVERY_S = 60  # between two looks of a serving process at what can be seen from within
CLOCK_SKEW_S_MAX = 2  # by which the database's clock may differ from the machine's before somebody is told
CLOCK_EVERY_S = 30  # between two questions what the database's clock says
LIFE_EVERY_S = 5  # between two questions whether the database went back to an earlier moment
RESTORE_TRIED_DAYS = 100  # after this somebody should come back from a backup again
RESTORED_DAYS_MAX = 31  # of which providers are asked after a restore
BACKUP_FRESH_HOURS = 26  # after this the last backup is old: one a day, and some time to take it
BACKUP_NOTE_LENGTH_MAX = 200  # characters
DISK_FREE_MB_MIN = 1_000
JOB_FAILURES_SHOWN_MIN = 3  # in a row, before somebody should look
PROOF_BYTES_MAX = 2_000  # of an answer of our own public address
NONCE_LENGTH_MAX = 64  # characters of what such an answer is asked to prove

# jobs
JOB_RUN_S_MAX = 300  # of one run of a periodic job, before it is cancelled and counts as failed
JOB_PAUSE_S_MAX = 300  # after failures, unless the job's own pause is longer
JOB_PAUSE_JITTER_PERCENT = 10  # by which pauses differ

# queues
QUEUE_ERROR_LENGTH_MAX = 500  # characters kept of what an item of a queue failed with
QUEUE_STUCK_TRIES = 5  # an item that was tried so often, and failed, is stuck; it is tried again all the same
QUEUE_CODES_SHOWN_MAX = 5  # codes named of what a queue's items failed with

# freezes
FREEZE_TEXT_LENGTH_MAX = 500  # characters of why something stands still, and of what its person reads
FREEZE_DAYS_MAX = 366  # that something stands still without being looked at again, where it has an end
FREEZES_TOLD_MAX = 20  # that are looked at for one person

# disclosure
MONTHS_SHOWN = 12  # of what somebody paid, gave and got back
MONTH_CREATORS_SHOWN = 10  # who got most of a month
WORKED_GIFTS_LOOKED_AT = 20  # of the last gifts, for one that bought coins paid for

# official
CHECKS_PER_MINUTE = 20  # of one guest, of documents and names
SCAM_ABOUT_LENGTH_MAX = 300
SCAM_WORDS_LENGTH_MAX = 2_000
SCAM_REPLY_LENGTH_MAX = 1_000
SCAM_REPORTS_PER_HOUR = 5  # of a person
SCAM_REPORTS_PER_MINUTE = 2  # of one guest
SCAM_REPORTS_OF_STRANGERS_PER_HOUR = 100  # of all who are not signed in
SCAM_REPORTS_FORGOTTEN_AT_ONCE = 500  # in one transaction
OFFICIAL_VALID_DAYS = 30  # what is published of this server, from the day it is read
CHECK_ASKERS_REMEMBERED = 10_000  # by one process
CHECK_NUMBER_LENGTH_MAX = 60  # of what may be a number of a document
CHECK_NAME_LENGTH_MAX = 300  # of what may be a domain, an address or the id of an app

# brakes
BREAK_DAYS_MAX = 30
EXCLUSION_DAYS_MIN = 183
EXCLUSION_DAYS_MAX = 3_650
LIMIT_AMOUNT_MINOR_MAX = 1_000_000_000_000
BRAKES_EVERY_S = 60  # limits whose time has come are looked for
BRAKES_LAID_AT_ONCE_MAX = 200  # people in one run

# guardians
INVITATIONS_FORGOTTEN_AT_ONCE = 500  # in one transaction

# trail
ACT_SAID_BYTES_MAX = 8_000  # of a body that an act keeps; of a longer one it keeps the hash alone
ACT_SAID_LENGTH_MAX = 500  # characters of one text in it
ACT_SAID_ENTRIES_MAX = 50  # of one list or object in it
ACT_ABOUT_MAX = 10  # ids an act says it is about
ACT_ADDRESS_PART_LENGTH_MAX = 200  # characters of one of them
ACT_ARGUMENT_LENGTH_MAX = 300  # characters of one argument of a command
ACTS_SEALED_AT_ONCE_MAX = 500  # in one transaction
ACTS_SEAL_EVERY_S = 2  # between two looks for acts without a place in the chain
ACTS_SEAL_LATE_S = 60  # after this an act without a place in the chain needs a person
ACTS_EXPORT_PAGE = 500  # read at once for an export
REFUSALS_EVERY_S = 10  # between two looks for minutes of refused tries that are over
REFUSED_KINDS_MAX = 200  # of refused tries told apart in a minute, per process; all others are counted together
REFUSED_KINDS_PER_NETWORK_MAX = 20  # of them from one /24 or /48, so that nobody hides behind their own noise
HEAD_SIGNING_KEY_BYTES = 32  # of Ed25519
HEADS_EVERY_S = 900  # between two looks whether a day is over whose head is not signed
HEAD_LATE_HOURS = 26  # after this without a new head somebody should look
HEADS_PAGE_LENGTH = 100  # published at once
DELIVERIES_EXPORT_PAGE = 50  # read at once for an export of the books
VERIFY_BYTES_MAX = 1_000_000  # of one line or answer that `plaudit verify` reads
VERIFY_PAGES_MAX = 10_000  # of published heads that it follows
VERIFY_WAIT_S = 30  # for one answer
