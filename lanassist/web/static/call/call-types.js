// @ts-check
// What the board says of calls, assist and help (node/services/assist/commands). Times: the node's clock, in seconds.

/** @typedef {{code: string, text: string}} Refusal */

/**
 * @typedef {object} Call
 * @property {string} id
 * @property {"talking" | "held" | "acw" | "taken"} state  acw: after call work; taken: a supervisor has taken it over
 * @property {boolean} inbound
 * @property {boolean} routed
 * @property {string} number
 * @property {string} category
 * @property {string} taken_by
 * @property {number} began
 * @property {number} since
 * @property {number | null} until  when after call work ends by itself
 */

/**
 * May this supervisor assist that agent? A refusal says why not; null: it may be tried.
 * @typedef {object} AssistOffer
 * @property {string} node
 * @property {Call | null} call
 * @property {Refusal | null} listen
 * @property {Refusal | null} talk
 * @property {Refusal | null} takeover
 * @property {boolean} listen_in
 * @property {boolean} listen_in_all
 * @property {boolean} listen_in_required
 * @property {"notify" | "ask" | "off"} consent
 * @property {string | null} holder
 * @property {string} holder_name
 */

/** @typedef {"ringing" | "listening" | "talking" | "taken-over" | "ended"} AssistState */

/**
 * @typedef {object} AssistSession
 * @property {string} session
 * @property {string} agent
 * @property {string} agent_name
 * @property {Call | null} call
 * @property {AssistState} state
 * @property {number} since
 * @property {number} began
 * @property {boolean} fell_back
 * @property {Refusal | null} end
 */

/**
 * Who assists this agent, or did.
 * @typedef {object} Assistant
 * @property {string} session
 * @property {string} supervisor
 * @property {string} name
 * @property {AssistState} state
 * @property {number} since
 * @property {number} began
 * @property {string} reason
 * @property {Refusal | null} end
 * @property {number | null} ended
 */

/**
 * An agent who asks for help.
 * @typedef {object} HelpRow
 * @property {string} agent
 * @property {string} agent_name
 * @property {string} id
 * @property {"asked" | "accepted"} state
 * @property {string} reason
 * @property {number} since
 * @property {string | null} by
 * @property {string} by_name
 * @property {boolean} mine
 * @property {boolean} dismissed
 * @property {boolean} online
 * @property {boolean} untold  this machine's desktop could not show it
 */

/**
 * The agent's own help button.
 * @typedef {object} OwnHelp
 * @property {"none" | "asked" | "accepted"} state
 * @property {string} reason
 * @property {number | null} since
 * @property {string | null} by
 * @property {string} by_name
 * @property {number} supervisors
 */

/**
 * @typedef {object} ListenIn
 * @property {boolean} all_calls
 * @property {boolean} this_call
 * @property {boolean} required
 * @property {"notify" | "ask" | "off"} consent
 */

export {};
