// @ts-check
// The values on the node's board, as its structs define them (services/*/commands.py). Times are the node's
// monotonic clock, in seconds.

/**
 * @typedef {object} Display  position and size in pixels of the desktop
 * @property {number} number
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {boolean} primary
 * @property {string} name
 */

/**
 * @typedef {object} AgentRow
 * @property {string} node
 * @property {string} name
 * @property {string} email
 * @property {string[]} teams
 * @property {"available" | "connected" | "acw" | "absent"} status
 * @property {"" | "offline" | "break" | "locked" | "idle"} why
 * @property {string} reason
 * @property {number} since
 * @property {boolean} online
 * @property {number | null} online_since
 * @property {number | null} last_activity
 * @property {number | null} last_heard
 * @property {boolean | null} locked
 * @property {Display[]} displays
 * @property {string} screen_error
 * @property {number} active  places of the capacity that are taken; it may exceed total
 * @property {number} total
 * @property {number} ongoing
 * @property {number} waiting  clients in hand who wrote last
 * @property {number | null} waiting_since
 * @property {number} completed  today
 * @property {number | null} aht  seconds; null with nothing completed
 * @property {string[]} break_reasons  what a break may be called; none: anything
 * @property {Refusal | null} assign
 * @property {Refusal | null} set_status
 */

/**
 * @typedef {object} ToldConversation  one conversation as its desk told it
 * @property {string} conversation
 * @property {string} desk
 * @property {{id: string, name: string, contact: string}} client
 * @property {string} category
 * @property {"waiting" | "open" | "done"} state
 * @property {string} owner
 * @property {string} owner_name
 * @property {boolean} orphaned
 * @property {number} epoch
 * @property {number} since
 * @property {Refusal | null} assign
 * @property {Refusal | null} block
 */

/**
 * @typedef {object} Refusal
 * @property {string} code
 * @property {string} text
 */

/**
 * @typedef {object} Offer
 * @property {string} node
 * @property {Refusal | null} refusal
 * @property {Display[]} displays
 * @property {boolean} [reason_required]  policy wants to know why
 * @property {boolean} [asks]  the agent is asked first, and must say yes
 */

/**
 * @typedef {object} GlanceSession
 * @property {string} session
 * @property {string} agent
 * @property {string} agent_name
 * @property {number[]} displays
 * @property {"asking" | "asked" | "running" | "ended"} state  asked: the agent is being asked
 * @property {number} since
 * @property {Refusal | null} end
 * @property {Refusal | null} [declined]  why the last change of displays was not made
 */

/**
 * @typedef {object} StartedGlance
 * @property {string} session
 * @property {string} agent
 * @property {string} agent_name
 * @property {Display[]} displays
 * @property {number[]} chosen
 */

/**
 * @typedef {object} PeerRow
 * @property {string} key
 * @property {string} name
 * @property {string} email
 * @property {string[]} roles
 * @property {string} address
 * @property {"mdns" | "static" | "remembered" | "incoming"} source
 * @property {"live" | "connecting" | "unreachable" | "refused" | "offline"} state
 * @property {number} since
 * @property {string} why
 */

/**
 * @typedef {object} Own
 * @property {string} node
 * @property {string} name
 * @property {string} email
 * @property {string[]} roles
 * @property {string[]} grants
 * @property {string} site
 */

/**
 * @typedef {object} LedgerAlarm  a peer's ledger contradicts what was signed before
 * @property {string} owner  the node that keeps it
 * @property {string} name
 * @property {string} text  how, to come after "…:"
 * @property {number} at
 */

export {};
