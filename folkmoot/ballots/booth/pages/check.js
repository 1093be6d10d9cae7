// "Check my receipt": a promise, a proof or the number of a ballot, pasted or from a file.

import { b64u } from "../bytes.js";
import { originOf } from "../address.js";
import { keyOfLog, proofOf } from "../box.js";
import { h } from "../dom.js";
import { readKey } from "../notes.js";
import { checkPromise, checkProof, readReceipt } from "../receipts.js";
import { backButton, form, heading, more, typed, verdict } from "./parts.js";

export function check(app) {
  const given = typed(app, { name: "textarea", rows: "5", label: app.t("receipt-paste"), hint: app.t("receipt-hint"), autocapitalize: "none" });
  const file = h("input", { type: "file", id: "receipt-file", accept: ".json,.tlog-proof,text/plain", on: { change: async () => (given.input.value = await file.files[0].text()) } });
  const key = typed(app, { id: "log-key", label: app.t("log-key-label"), hint: app.t("log-key-hint"), autocapitalize: "none" });
  const answer = h("div", { role: "status" });
  const act = async () => {
    answer.replaceChildren();
    let receipt;
    try {
      receipt = readReceipt(given.input.value);
    } catch {
      return given.complain(app.t("receipt-unknown"));
    }
    try {
      answer.replaceChildren(...(await judge(app, receipt, key.input.value.trim())));
    } catch (trouble) {
      const isRefused = trouble.name === "Refused";
      answer.replaceChildren(verdict(isRefused ? app.t("receipt-false") : app.explain(trouble), isRefused ? "late" : "wait"));
    }
    return undefined;
  };
  return [
    heading(app.t("check-title")),
    h("p", { class: "lead" }, app.t("check-lead")),
    form(
      { label: app.t("check"), act, beside: backButton(app) },
      given.field,
      h("div", { class: "field" }, h("label", { for: file.id }, app.t("receipt-file")), file),
      more(app.t("log-key"), key.field),
    ),
    answer,
  ];
}

async function judge(app, { kind, text, leaf, origin }, knownKey) {
  const [host, named] = origin ? [origin.slice(0, origin.lastIndexOf("/")), origin.slice(origin.lastIndexOf("/") + 1)] : ["", ""];
  const [box, poll] = [originOf(host) || app.address.box, named || app.address.poll];
  if (!poll) return [verdict(app.t("receipt-which-poll"), "wait")];
  const key = await readKey(knownKey || app.address.key || (await keyOfLog(box, poll)));
  const said = [];
  let isVerified = true;
  if (kind === "promise") {
    const promise = await checkPromise(text, { leaf, key });
    isVerified = promise.isVerified;
    said.push(h("p", {}, app.t("receipt-promised", { moment: app.moment(promise.deadline), poll })));
  }
  const proof = kind === "proof" ? text : await proofOf(box, poll, b64u(leaf));
  if (proof) {
    isVerified &&= (await checkProof(proof, { leaf, key })).isVerified;
    said.unshift(verdict(app.t("receipt-counted", { poll })));
  } else {
    said.unshift(verdict(app.t(kind === "number" ? "receipt-not-there" : "receipt-in-box"), "wait"));
  }
  if (!isVerified) said.push(verdict(app.t("not-verified"), "wait"));
  return [...said, h("p", { class: "soft" }, app.t("ballot-number"), " ", h("code", {}, b64u(leaf)))];
}
