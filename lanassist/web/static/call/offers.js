// @ts-check
// What this supervisor may do about each agent's call, as the node has it.

import { valueAt } from "../frame/board.js";

/** @import { AssistOffer } from "./call-types.js" */

const OFFERS = "assist.offers";

/**
 * @param {string} agent
 * @returns {AssistOffer | null}
 */
export function offerOf(agent) {
  return /** @type {AssistOffer | null} */ (valueAt(OFFERS, agent).value);
}

/**
 * Why an agent's call cannot be assisted; empty if it can.
 * @param {string} agent
 */
export function callRefusalOf(agent) {
  const offer = offerOf(agent);
  return offer ? (offer.listen?.text ?? "") : "No routed call";
}
