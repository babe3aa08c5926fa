// @ts-check
// What a supervisor's board holds about agents' conversations (services/conversations/commands.py). Times are
// the node's monotonic clock, in seconds.

/** @import { Client } from "../conversation/conversation-types.js" */
/** @import { Refusal } from "../frame/types.js" */

/**
 * @typedef {object} MirrorRow  one conversation as the agent has it
 * @property {string} agent
 * @property {string} conversation
 * @property {string} desk
 * @property {Client} client
 * @property {string} category
 * @property {"held" | "completing" | "done" | "moved"} state
 * @property {number} epoch
 * @property {number} unsent
 * @property {number} entries
 * @property {number} since
 * @property {boolean} typing
 * @property {number | null} waiting_since
 * @property {Refusal | null} act
 */

/**
 * @typedef {object} ControlRow
 * @property {string} session
 * @property {string} agent
 * @property {string} agent_name
 * @property {"asking" | "asked" | "running" | "ended"} state  asked: the agent is being asked
 * @property {number} since
 * @property {Refusal | null} end
 */

/**
 * @typedef {object} ControlOffer  what the site's policy says about control, whomever it is of
 * @property {Refusal | null} refusal
 * @property {boolean} reason_required
 * @property {boolean} asks
 */

/**
 * @typedef {object} BlockedRow
 * @property {string} client
 * @property {string} name
 * @property {string} reason
 * @property {string} by
 * @property {number | null} until
 * @property {Refusal | null} unblock
 */

/** @typedef {{text: string}} DraftRow */

export {};
