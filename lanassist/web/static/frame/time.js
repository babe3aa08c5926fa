// @ts-check
// Spans of time in words. All arguments are seconds.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Made once: making one takes longer than using it a hundred times.
const TIME = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/**
 * A stopwatch's reading: 00:42, 12:05, 1:02:03; from a day on in words: 2 d 3 h.
 * @param {number} span
 */
export function duration(span) {
  const whole = Math.max(0, Math.floor(span));
  const hours = Math.floor(whole / HOUR);
  if (whole >= DAY) return `${Math.floor(whole / DAY)} d ${hours % 24} h`;
  const rest = `${two(Math.floor(whole / MINUTE) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/**
 * How long, in one rounded word: 14 s, 3 min, 2 h 05 min, 3 d.
 * @param {number} span
 */
export function roughly(span) {
  const whole = Math.max(0, Math.floor(span));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two(Math.floor(whole / MINUTE) % 60)} min`;
  return `${Math.floor(whole / DAY)} d`;
}

/**
 * How long ago: just now, 14 s ago, 3 min ago.
 * @param {number} span
 */
export function ago(span) {
  return span < 5 ? "just now" : `${roughly(span)} ago`;
}

/**
 * The time of day `span` seconds ago; with the day if that was not today.
 * @param {number} span
 * @param {Date} [now]
 */
export function timeOfDay(span, now = new Date()) {
  const then = new Date(now.getTime() - span * 1000);
  const time = TIME.format(then);
  return then.toDateString() === now.toDateString() ? time : `${DATE.format(then)}, ${time}`;
}
