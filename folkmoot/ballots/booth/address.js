// What the address says behind its #. It never reaches a server, and codes are taken out of the address at once.
//
//   #poll=season-2026&at=https://place.example&claim=7KQ2-MXRA-93TW     papers of a registrar (also "registrar=")
//   #poll=season-2026&slip=ABCD...                            a slip's QR; with &box=https://box.example from elsewhere
//   #tablet&poll=season-2026&at=https://place.example  the tablet of a hall
//   #check                                                    check a receipt
//   &key=<verifier key>  the log's key, where it is known from paper       &lang=en or zh-Hans

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Read an address. Gives { claims, poll, box, slip, key, lang, isTablet, isChecking }. */
export function readAddress({ hash, protocol, origin }) {
  const asked = new URLSearchParams(hash.slice(1));
  const registrars = [...asked.getAll("at"), ...asked.getAll("registrar")].map(originOf).filter(Boolean);
  const claims = asked.getAll("claim").map((claim, i) => ({ claim, address: registrars[i] ?? registrars[0] ?? "" }));
  const poll = asked.get("poll") ?? "";
  return {
    claims: claims.filter(({ address }) => address),
    registrar: registrars[0] ?? "",
    poll: /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/.test(poll) ? poll : "",
    box: originOf(asked.get("box") ?? "") || (protocol.startsWith("http") ? origin : ""),
    slip: asked.get("slip") ?? "",
    key: asked.get("key") ?? "",
    lang: asked.get("lang") ?? "",
    isTablet: asked.has("tablet"),
    isChecking: asked.has("check"),
  };
}

/** The same address without codes, which neither the back button nor the history shall give to anybody else. */
export function withoutCodes({ pathname, search, hash }) {
  const asked = new URLSearchParams(hash.slice(1));
  ["claim", "slip"].forEach((code) => asked.delete(code));
  const left = String(asked).replace(/=(?=&|$)/g, "");
  return pathname + search + (left && `#${left}`);
}

/** An address without path, from a host or an address; empty when it is neither, or not safe. */
export function originOf(text) {
  const whole = text.includes("://") ? text : `${LOOPBACK.test(text) ? "http" : "https"}://${text}`;
  try {
    const url = new URL(whole);
    const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.host));
    return text && isSafe ? url.origin : "";
  } catch {
    return "";
  }
}
