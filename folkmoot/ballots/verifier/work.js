// The check in a worker, so that the page stays alive; whoever stops it ends the worker.

import { Refused } from "../booth/refused.js";
import { verifyPoll } from "./check.js";
import { Unreachable, gather } from "./evidence.js";

const PAUSE_MILLISECONDS = 100; // between two words about how far it is

export function work() {
  addEventListener("message", async ({ data }) => {
    try {
      postMessage({ report: await check(data) });
    } catch (error) {
      if (error instanceof Unreachable) postMessage({ failed: "unreachable", reason: error.message });
      else if (error instanceof Refused) postMessage({ failed: "unreadable", reason: error.code });
      else postMessage({ failed: "unreadable", reason: String(error) });
    }
  });
}

async function check(asked) {
  let next = 0;
  const evidence = await gather({ ...asked, now: Math.floor(Date.now() / 1000) });
  const report = await verifyPoll(evidence, (done, size) => {
    if (performance.now() < next && done < size) return;
    next = performance.now() + PAUSE_MILLISECONDS;
    postMessage({ done, size });
  });
  return { ...report, promised: evidence.promises.length };
}
