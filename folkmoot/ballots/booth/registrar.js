// What the booth asks of a registrar, which knows whose claim it is and never what is signed.

import { b64u, unb64u } from "./bytes.js";
import { ask, json } from "./line.js";

/** The papers that a claim is good for. */
export async function papersFor({ address, claim }, language) {
  return json(await ask(`${address}/papers/`, { method: "POST", language, headers: authorized(claim) }));
}

/** Have all requests of a list signed at once. Shapes: requests { paper, stratum, request }; gives bytes for each. */
export async function takeAll({ address, claim }, requests, language) {
  const body = JSON.stringify({ requests: requests.map((each) => ({ ...each, request: b64u(each.request) })) });
  const headers = { ...authorized(claim), "Content-Type": "application/json" };
  const { responses } = json(await ask(`${address}/papers/batch/`, { method: "POST", language, body, headers }));
  return responses.map(unb64u);
}

function authorized(claim) {
  return { Authorization: `Claim ${claim}` };
}
