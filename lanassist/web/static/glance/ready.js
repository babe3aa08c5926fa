// @ts-check

/** What the window of a glance says to the page that opened it, once it can be drawn into. */
export const READY = "lanassist-popout-ready";
