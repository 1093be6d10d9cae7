// The first page: by what somebody comes in who has no link, and the first page of every voter at a tablet.

import { claimCode, slipCode } from "../codes.js";
import { button, h } from "../dom.js";
import { form, heading, typed, verdict } from "./parts.js";

const RETRY_MILLISECONDS = 5_000;

export function start(app) {
  const { address, isTablet } = app;
  const code = typed(app, { label: app.t(isTablet ? "code" : "slip-code"), hint: app.t("slip-hint"), inputmode: "text" });
  const poll = address.poll ? null : pollField(app);
  const enter = async () => {
    const slip = slipCode(code.input.value);
    const claim = address.registrar && claimCode(code.input.value);
    if (!slip && !claim) return code.complain(app.t("slip-misspelt"));
    if (slip && !poll) return app.enterSlip(slip, address.poll, code.complain);
    if (slip) return app.enterSlip(slip, poll.input.value.trim().toLowerCase(), code.complain);
    return app.enterClaims([{ claim, address: address.registrar }], code.complain);
  };
  return [
    heading(app.t(isTablet ? "tablet-title" : "start-title")),
    h("p", { class: "lead" }, app.t(isTablet ? "tablet-lead" : "start-lead")),
    form({ label: app.t("go-on"), act: enter }, code.field, poll?.field),
    isTablet ? null : h("p", {}, button(app.t("check-title"), () => app.go("check"), { kind: "plain" })),
  ];
}

function pollField(app) {
  return typed(app, { id: "poll", label: app.t("poll-name"), hint: app.t("poll-hint"), autocapitalize: "none" });
}

/** Several people share a phone: whose papers are meant. */
export function whose(app) {
  const { known, claims, fresh } = app.choosing;
  return [
    heading(app.t("whose-title")),
    h("p", { class: "lead" }, app.t(fresh ? "whose-lead" : "which-lead")),
    known.map((sitting, i) => h("p", { class: "acts" }, button(nameOf(app, sitting, i, known), () => app.resume(sitting, claims), { kind: fresh ? "plain" : "main" }))),
    fresh && h("p", { class: "acts" }, button(app.t("whose-other"), fresh, { kind: "main" })),
  ];
}

function nameOf(app, sitting, i, known) {
  const name = app.pollName(sitting);
  return known.length > 1 ? app.t("whose-nth", { name, n: i + 1 }) : name;
}

/** A link that did not open: why, and again by itself where waiting can help. */
export function outside(app) {
  const { trouble, again } = app;
  if (again) app.later(RETRY_MILLISECONDS, again);
  return [
    heading(app.t("trouble-title")),
    verdict(app.explain(trouble), "late"),
    again && h("p", { role: "status" }, app.t("retries")),
    again && h("p", { class: "acts" }, button(app.t("try-now"), again, { kind: "main" })),
  ];
}
