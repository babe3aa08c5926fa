// @ts-check
// What this page does to the agent who is open, one of each: a glance at the screen, and control.

import { Glance } from "../glance/glance.js";
import { Control } from "./control.js";

export const glance = Glance.alone();
export const control = new Control();

/** Nothing of one agent goes on beside another. */
export function leaveAgent() {
  glance.stop("other-agent");
  glance.forget();
  control.release();
}
