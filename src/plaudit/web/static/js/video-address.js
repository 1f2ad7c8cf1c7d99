// Where the API says something of a video: every address of one has the key by which it is shown while it is unlisted.

/** @typedef {(rest?: string, asked?: Record<string, string>) => string} VideoAddress */

/** @param {string} videoId @param {string} key empty: it needs none @returns {VideoAddress} */
export const addressesOf = (videoId, key) => (rest = "", asked = {}) => {
  const query = String(new URLSearchParams(key ? { ...asked, key } : asked));
  return `/v1/videos/${videoId}${rest}${query && `?${query}`}`;
};
