"""Every limit of the engine, with its unit in its name. A queue, batch, page, message or loop without one is a defect."""

# ids
ID_CLOCK_AHEAD_HOURS_MAX = 24

# charge
GIFT_QUEUE_LENGTH_MAX = 20_000  # gifts waiting for the batch writer, per process
GIFT_BATCH_LENGTH_MAX = 4_000  # gifts in one call of charge()
GIFT_COUNT_MAX = 9_999  # items in one gift
GIFT_COINS_MAX = 1_000_000_000  # coins of one gift
GIFTS_PER_REQUEST_MAX = 500  # gifts in one POST /v1/gifts:batch
COMBO_WINDOW_MS = 5_000  # a gift this long after the one before starts a new combo

# delivery
DELIVERY_BATCHES_MAX = 16  # batches of one stream in one transaction
DELIVERY_POLL_MS = 200  # how long a batch charged elsewhere may wait unseen

# pages
PAGE_LENGTH_DEFAULT = 50
PAGE_LENGTH_MAX = 200
