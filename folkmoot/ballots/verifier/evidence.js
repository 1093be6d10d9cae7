// What a check is given: the log at its address or in a bundle, whom to trust, what others saw or were promised.

import { Trouble, ask } from "../booth/line.js";
import { Refused } from "../booth/refused.js";
import { Policy } from "./policy.js";
import { openZip } from "./zip.js";

const MAX_KEPT_FILES = 10_000;
const MAX_KEPT_BYTES = 65_535; // of one promise or checkpoint: all of them are held
const ABSENT = ["status-404", "status-410", "not-found"];
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** The log could not be asked. */
export class Unreachable extends Error {}

/** The address of a log without its last slash; "" when it is none that can be asked safely. */
export function logAddress(text) {
  try {
    const { protocol, hostname, origin, pathname } = new URL(text.trim());
    const isSafe = protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
    return isSafe ? origin + pathname.replace(/\/+$/, "") : "";
  } catch {
    return "";
  }
}

/**
 * Everything that was named: `log` an address or `bundle` a file; `policy` a file or null; `more` files that are
 * checkpoints or promises. Raises Refused, Unreachable.
 */
export async function gather({ log, bundle, policy, more = [], now }) {
  const source = bundle ? await openZip(bundle) : { names: () => [], fetch: (path) => askLog(log, path) };
  const kept = async (folder) => {
    const files = [];
    for (const name of source.names(folder).slice(0, MAX_KEPT_FILES)) files.push([name, await source.fetch(name, MAX_KEPT_BYTES)]);
    return files;
  };
  const own = await Promise.all(more.map(async (file) => [file.name, await bytesIn(file)]));
  return {
    fetch: (path) => source.fetch(path),
    policy: await Policy.read(policy ? await bytesIn(policy) : await source.fetch("policy")),
    hasOwnPolicy: Boolean(policy),
    seen: [...(await kept("checkpoints/")), ...own.filter(([, bytes]) => !isObject(bytes))],
    promises: [...(await kept("promises/")), ...own.filter(([, bytes]) => isObject(bytes))],
    now,
  };
}

/** A promise is a JSON object, a checkpoint a note. */
function isObject([first]) {
  return first === "{".charCodeAt(0);
}

async function bytesIn(file) {
  return new Uint8Array(await file.arrayBuffer());
}

async function askLog(log, path) {
  try {
    return await ask(`${log}/${path}`);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    if (ABSENT.includes(error.code)) throw new Refused(`The file ${path} is missing.`);
    throw new Unreachable(`${path}: ${error.code}`);
  }
}
