// @ts-check
// The node's own limits (lanassist/node/protocol/limits.py) as far as the pages need them; a test compares.

export const DISPLAYS = 16;
export const MEDIA_MESSAGE_BYTES = 64 * 1024;
export const UPDATES_IN_FLIGHT = 2;
/** Pixels on one side of a display. */
export const DISPLAY_SIDE = 16384;
/** Pixels of one display. */
export const DISPLAY_PIXELS = 64 * 1024 * 1024;
export const UPDATE_RECTANGLES = 20_000;
/** Bytes of one update as it travels. */
export const UPDATE_BYTES = 48 * 1024 * 1024;
/** How often the rectangles of one update may cover the display. */
export const UPDATE_OVERDRAW = 2;
/** Pixels on each side of a tile. */
export const TILE_SIDE = 64;
/** Tiles of one display that are kept to be shown again. */
export const CACHED_TILES = 4096;
/** Regions of one display that move like video at once. */
export const VIDEO_STREAMS = 4;
/** Frames of video that one rectangle may bring. */
export const VIDEO_FRAMES = 10;
/** Seconds between two renewals. */
export const LEASE_EVERY = 1;
/** Seconds without a renewal, or without an answer to one, after which a session is over. */
export const LEASE = 3;
/** Seconds between two words of a page that it still looks on. */
export const WATCH_AGAIN = 10;
/** Characters of one entry of a conversation's log. */
export const ENTRY_LENGTH = 4000;
/** Characters of a reason: of a break, a block, a glance. */
export const REASON_LENGTH = 300;
