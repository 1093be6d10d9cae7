// The line to registrar and box. Nothing is sent but what is asked: no cookie, no referrer, no cache.

const PATIENCE_MILLISECONDS = 30_000;

/** Something that did not go as asked. `code` is "offline", the word of the box's problem type (RFC 9457),
 * or the status; `title` is what the other side says itself, in the reader's language. */
export class Trouble extends Error {
  constructor(code, title = "") {
    super(title || code);
    this.name = "Trouble";
    this.code = code;
    this.title = title;
  }
}

/** Ask, and give the response's bytes. Raises Trouble. */
export async function ask(address, { language, ...options } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MILLISECONDS);
  try {
    const response = await fetch(address, {
      mode: "cors", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error",
      signal: stop.signal, ...options, headers: { ...(language && { "Accept-Language": language }), ...options.headers },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return bytes;
    throw troubleOf(response.status, bytes);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
}

/** Text of bytes. */
export function text(bytes) {
  return new TextDecoder().decode(bytes);
}

/** A value of bytes; what is no JSON comes from somebody else than was asked. */
export function json(bytes) {
  try {
    return JSON.parse(text(bytes));
  } catch {
    throw new Trouble("stranger");
  }
}

/** A pause that a shared line bears: longer each time, and never the same for everybody. */
export function pause(times, { first, most }) {
  return Math.min(most, first * 1.6 ** times) * (0.8 + Math.random() * 0.4);
}

function troubleOf(status, bytes) {
  let problem = {};
  try {
    problem = JSON.parse(text(bytes));
  } catch {
    // a front server's own page
  }
  const code = /^urn:folkmoot:box:([a-z-]+)$/.exec(problem.type)?.[1];
  return new Trouble(code ?? (status >= 500 ? "busy" : `status-${status}`), problem.detail ?? problem.title);
}
