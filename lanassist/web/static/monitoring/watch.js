// @ts-check
// Looking on at an agent: the node mirrors it for as long as somebody says so.

import { command } from "../frame/api.js";
import { connection } from "../frame/events.js";
import { WATCH_AGAIN } from "../frame/limits.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";

/** This page, among all that may look on through the same node. */
const VIEWER = crypto.randomUUID();

/**
 * Mirror that agent as long as the component is there. The answer: why not, in the node's words.
 * @param {string} agent
 */
export function useWatch(agent) {
  const [refusal, setRefusal] = useState("");
  const live = connection.value.state === "live";
  useEffect(() => {
    if (!live) return;
    const say = () => {
      command("conversations.watch", { agent, viewer: VIEWER }).then(
        () => setRefusal(""),
        (refused) => setRefusal(refused.message),
      );
    };
    const seen = () => document.hidden || say();
    say();
    const timer = setInterval(say, WATCH_AGAIN * 1000);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [agent, live]);
  useEffect(() => {
    const leave = () => void command("conversations.watch", { agent, viewer: VIEWER, watching: false }, { keepalive: true }).catch(() => undefined);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [agent]);
  return refusal;
}
