// Checks bundles on behalf of test_verifier_page.py: a list of paths in, a list of reports out, each with its text.

import { openAsBlob } from "node:fs";
import { gather } from "../../folkmoot/ballots/verifier/evidence.js";
import { isFinal, isRight, textOf } from "../../folkmoot/ballots/verifier/report.js";
import { verifyPoll } from "../../folkmoot/ballots/verifier/check.js";
import * as sentences from "../../folkmoot/ballots/verifier/sentences.js";
import { WORDS } from "../../folkmoot/ballots/verifier/words.js";

async function check({ bundle, policy = "", now = 0 }) {
  const files = { bundle: await openAsBlob(bundle), policy: policy && (await openAsBlob(policy)) };
  const begun = performance.now();
  try {
    const report = await verifyPoll(await gather({ ...files, now }));
    const milliseconds = performance.now() - begun;
    const text = { en: textOf(report, "en"), "zh-Hans": textOf(report, "zh-Hans") };
    return { ...report, isRight: isRight(report), isFinal: isFinal(report), text, milliseconds };
  } catch (error) {
    if (error.name !== "Refused") throw error;
    return { refused: error.code };
  }
}

const ACTS = { check, sentences: () => sentences, words: () => WORDS };

export async function answers(requests) {
  const results = [];
  for (const [act, parts] of requests) results.push(await ACTS[act](parts));
  return results;
}
