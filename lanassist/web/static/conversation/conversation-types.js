// @ts-check
// What the node's board and commands hold about conversations, as its structs define them
// (services/conversations/commands.py, services/presence/commands.py). Times are the node's monotonic clock.

/** @import { Refusal } from "../frame/types.js" */

/**
 * @typedef {object} Client
 * @property {string} id
 * @property {string} name
 * @property {string} contact
 */

/**
 * @typedef {object} Act
 * @property {string} id
 * @property {"say" | "note" | "categorise" | "complete"} kind
 * @property {string} text
 * @property {string} [actor]
 * @property {string} [actor_name]
 */

/**
 * @typedef {object} Entry
 * @property {string} conversation
 * @property {number} seq
 * @property {string} id
 * @property {"client" | "say" | "note" | "categorise" | "complete" | "joined" | "queued" | "left" | "blocked"} kind
 * @property {string} text
 * @property {string} node
 * @property {string} name
 * @property {string} actor
 * @property {string} actor_name
 * @property {number} at
 */

/**
 * @typedef {object} OwnConversation
 * @property {string} conversation
 * @property {Client} client
 * @property {string} category
 * @property {"held" | "completing" | "done" | "moved"} state
 * @property {number} epoch
 * @property {number} since
 * @property {string} desk
 * @property {boolean} desk_online
 * @property {number} entries
 * @property {number | null} waiting_since
 * @property {boolean} typing
 * @property {Act[]} pending
 * @property {Act[]} refused
 */

/**
 * @typedef {object} Whisper
 * @property {string} conversation
 * @property {string} supervisor
 * @property {string} name
 * @property {string} text
 * @property {number} at
 */

/**
 * @typedef {object} Controller
 * @property {string} session
 * @property {string} supervisor
 * @property {string} name
 * @property {string} reason
 * @property {number} since
 */

/**
 * @typedef {object} DeskInfo
 * @property {string} node
 * @property {string} name
 * @property {string[]} categories
 */

/**
 * @typedef {object} OwnLoad
 * @property {boolean} available
 * @property {string} reason
 * @property {number} active
 * @property {number} total
 */

/**
 * @typedef {object} Colleague  somebody who may be given a client, or may not and why
 * @property {string} node
 * @property {string} name
 * @property {string} email
 * @property {string[]} teams
 * @property {number} active
 * @property {number} total
 * @property {Refusal | null} refusal
 */

/**
 * @typedef {object} PastConversation
 * @property {string} conversation
 * @property {string} category
 * @property {"waiting" | "open" | "done"} state
 * @property {string} agent
 * @property {number} began
 * @property {number} entries
 */

/**
 * @typedef {object} OwnStatus
 * @property {"available" | "break"} status
 * @property {string} reason
 * @property {number} since
 * @property {boolean} idle
 * @property {boolean} available
 * @property {number} capacity
 * @property {string[]} break_reasons
 * @property {string} set_by
 * @property {number} completed
 * @property {number | null} aht
 * @property {boolean | null} locked
 */

/**
 * @typedef {object} Watcher  who looks, or looked, at this agent's screen
 * @property {string} session
 * @property {string} supervisor
 * @property {string} name
 * @property {number[]} displays
 * @property {number} since
 * @property {string} reason
 * @property {boolean} [wall]  as one small picture on a wall of many agents
 * @property {number | null} shown_since  since when pictures have left this machine; null: none has
 * @property {Refusal | null} end
 * @property {number | null} ended
 */

/**
 * @typedef {object} Watched  a stretch of supervision in this node's ledger
 * @property {string} session
 * @property {string} name
 * @property {string} what  glance, control or assist
 * @property {number[]} displays
 * @property {string} mode  of an assist
 * @property {boolean} wall
 * @property {string} reason
 * @property {number} since
 * @property {number | null} ended
 * @property {Refusal | null} end
 */

/**
 * @typedef {object} Wish  a supervisor who waits for this agent's yes
 * @property {string} session
 * @property {string} supervisor
 * @property {string} name
 * @property {"glance" | "control" | "assist"} kind
 * @property {number[]} displays
 * @property {string} reason
 * @property {number} since
 * @property {number} until
 */

/**
 * @typedef {object} OwnPause
 * @property {number} allowed  minutes; 0: policy lets nobody pause
 * @property {number | null} until
 * @property {number} minutes
 */

/** @typedef {"notify" | "ask" | "off"} Consent */

/**
 * @typedef {object} Policy
 * @property {Consent} glance
 * @property {Consent} control
 * @property {Consent} assist
 * @property {boolean} reason_required
 * @property {boolean} listen_in_required
 */

/**
 * @typedef {object} LaidDown  the policy that this node acts on
 * @property {number} edition
 * @property {Policy} policy
 */

export {};
