// @ts-check
// Markup as tagged templates; every value in them is text, never markup.

import htm from "../vendor/htm.mjs";
import { h } from "../vendor/preact.mjs";

/** @import { VNode } from "../vendor/preact.mjs" */

export const html = /** @type {(strings: TemplateStringsArray, ...values: unknown[]) => VNode} */ (
  /** @type {unknown} */ (htm.bind(/** @type {any} */ (h)))
);
