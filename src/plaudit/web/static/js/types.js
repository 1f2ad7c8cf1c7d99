// The shapes that travel between the room socket, the pages and the components. Types only.

/** @typedef {{amount_minor: number, currency: string}} Money */
/** @typedef {{id: string, name: string, avatar: string}} Person */
/**
 * @typedef {object} Item an item of the catalogue
 * @property {number} id
 * @property {string} sku
 * @property {string} name
 * @property {number} version
 * @property {string} begins when this version did
 * @property {string | null} [until] when the next one did
 * @property {number} coins price of one
 * @property {string} category
 * @property {string} art address of its picture, which may move, or a path below the static files
 * @property {string} still of one that does not
 * @property {string | null} [motion] of what moves by itself: an animated picture, or a Lottie file
 * @property {"small" | "large"} size
 * @property {boolean} combo
 * @property {string} animation
 * @property {number} duration_ms
 * @property {Money | null} [price] price of one in the viewer's money
 */
/** @typedef {{id: string, count: number, expires_at: string}} Combo */
/**
 * @typedef {object} Gift
 * @property {string} id
 * @property {Item} item
 * @property {number} count
 * @property {number} coins of all `count` together
 * @property {Combo | null} combo
 * @property {Person} sender
 * @property {string} [at]
 * @property {number} [position_ms] where in the video
 * @property {string} [message] what the sender says with it
 * @property {number} [seq] of the frame that shows it, as its creator is told
 * @property {boolean} [anonymous] the sender hides, and has no name
 */
/**
 * @typedef {object} Meter how far somebody's own limits are
 * @property {string} currency
 * @property {number} session_minor
 * @property {string | null} session_since
 * @property {number | null} remind_minutes
 * @property {"day" | "week" | "month" | null} period the longest that has a limit
 * @property {number | null} given_minor
 * @property {number | null} limit_minor
 */
/** @typedef {{session_minor: number, period_minor: number | null, reminds?: boolean}} GivenSoFar */
/** @typedef {{id: string, sender: Person, text: string, at?: string}} ChatMessage */
/** @typedef {{rank: number, person: Person, coins: number}} TopGifter */

export {};
