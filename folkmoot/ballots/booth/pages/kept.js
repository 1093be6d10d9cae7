// After casting: on the way, in the box, counted; and what to do when the box breaks its word.

import { ballotsOf, isCounted, isFollowed } from "../sending.js";
import { button, h, offerFile } from "../dom.js";
import { papersHeld } from "../sittings.js";
import { heading, inWords, more, secrecy, verdict } from "./parts.js";

const TABLET_MILLISECONDS = 20_000;

/** On the way. Said aloud when it changes. */
export function casting(app) {
  const { trouble } = app;
  if (!trouble) return [heading(app.t("casting-title")), h("p", { role: "status" }, app.t("casting-lead"))];
  if (trouble.code === "bad-promise") return broken(app);
  const isMoving = app.willRetry(trouble);
  if (isMoving) app.retry();
  const { isSlip } = app.sitting;
  const isReplaceable = trouble.code === "lower-seq" && !isSlip;
  const hasOther = isReplaceable || ballotsOf(app.sitting).length > 0;
  return [
    heading(app.t(isMoving ? "not-yet-title" : "not-cast-title")),
    verdict(trouble.code === "lower-seq" && isSlip ? app.t("slip-used") : app.explain(trouble), "late"),
    isMoving && h("p", { role: "status" }, app.t("retries")),
    isMoving && h("p", { class: "acts" }, button(app.t("try-now"), () => app.send(), { kind: "main" })),
    isReplaceable && h("p", { class: "acts" }, button(app.t("replace-it"), () => app.replaceOther(), { kind: "main" })),
    !isMoving && hasOther && h("p", { class: "acts" }, button(app.t("give-up"), () => app.giveUp(), { kind: "plain" })),
    app.isTablet && h("p", { class: "acts" }, button(app.t("leave-tablet"), () => app.reset(), { kind: "plain" })),
  ];
}

export function kept(app) {
  const { sitting } = app;
  const ballots = ballotsOf(sitting);
  if (ballots.some(({ isLate, isBroken }) => isLate || isBroken)) return broken(app);
  const isDone = isCounted(sitting);
  const isVerified = ballots.every((ballot) => ballot.isVerified);
  if (app.isTablet) app.later(TABLET_MILLISECONDS, () => app.reset());
  else if (isFollowed(sitting)) app.follow();
  return [
    heading(app.t(isDone ? "counted-title" : "kept-title")),
    h("div", { role: "status" }, verdict(app.t(leadOf(app, { isDone, isVerified })))),
    !isDone && !app.isTablet && h("p", {}, app.t("kept-until", { moment: app.moment(Math.max(...ballots.map(({ deadline }) => deadline))) })),
    ["opened", "late"].map((state) => ballots.some(({ objected }) => objected === state) && verdict(app.t(`spoiled-${state}`), "wait")),
    !isVerified && verdict(app.t("not-verified"), "wait"),
    app.isTablet && h("p", { class: "acts" }, button(app.t("done"), () => app.reset(), { kind: "main" })),
    h("ol", { class: "questions" }, papersHeld(sitting).map((each) => h("li", {}, inWords(app, each.paper.question), stateOf(app, each)))),
    !app.isTablet && again(app),
    more(app.t("receipt"), receipts(app)),
    !app.isTablet && more(app.t("forget"), h("p", {}, app.t("forget-price")), h("p", { class: "acts" }, button(app.t("forget"), () => app.forget(), { kind: "plain" }))),
    secrecy(app),
  ];
}

function leadOf({ isTablet }, { isDone, isVerified }) {
  if (isDone) return isVerified ? "counted-lead" : "counted-shown";
  return isTablet ? "kept-tablet" : "kept-lead";
}

function stateOf(app, { ballots }) {
  const state = !ballots.length ? "state-none" : ballots[0].proof ? "state-counted" : "state-kept";
  return h("span", { class: `label ${ballots[0]?.proof ? "" : "plain"}`.trim() }, app.t(state));
}

function again(app) {
  if (app.sitting.isSlip) return h("p", {}, app.t("slip-done"));
  if (isCounted(app.sitting) || app.isClosed()) return null;
  return more(app.t("again"), h("p", {}, app.t("again-lead")), h("p", { class: "acts" }, button(app.t("again"), () => app.voteAgain(), { kind: "plain" })));
}

function receipts(app) {
  return [
    h("p", {}, app.t("receipt-lead")),
    papersHeld(app.sitting).flatMap(({ paper, ballots }) =>
      ballots.map((ballot) => [
        h("p", {}, inWords(app, paper.question), h("br"), app.t("ballot-number"), " ", h("code", {}, ballot.leaf)),
        !app.isTablet && h("p", { class: "acts" }, button(app.t("receipt-save"), () => save(ballot), { kind: "plain" })),
      ]),
    ),
  ];
}

function save({ leaf, proof, promise }) {
  const name = `receipt-${leaf.slice(0, 8)}`;
  return proof ? offerFile(`${name}.tlog-proof`, proof) : offerFile(`${name}.promise.json`, promise);
}

/** The box has not done what it promised: evidence in hand, and where to go with it. */
function broken(app) {
  const evidence = papersHeld(app.sitting).flatMap(({ evidence: shown, ballots }) => [
    ...(shown ? [shown] : []),
    ...ballots.filter(({ isLate, isBroken }) => isLate || isBroken).map(({ promise, leaf }) => ({ leaf, promise })),
  ]);
  const isPromise = evidence.some(({ promise }) => promise);
  const steps = ["object-save", "object-observer", "object-public", "object-keep"];
  return [
    heading(app.t("broken-title")),
    verdict(app.t(isPromise ? "broken-promise" : "broken-answer"), "late"),
    h("h2", {}, app.t("object-title")),
    h("ol", {}, steps.map((key) => h("li", {}, app.t(key)))),
    h("p", { class: "acts" }, button(app.t("object-file"), () => offerFile("objection.json", JSON.stringify(evidence)), { kind: "main" })),
    h("p", { class: "acts" }, button(app.t("try-now"), () => (isPromise ? app.followNow() : app.send()), { kind: "plain" })),
    isPromise && openings(app),
  ];
}

/** When the count says that a ballot does not open, its voter can open it. */
function openings(app) {
  const status = h("p", { class: "status", role: "status" });
  const act = async () => (status.textContent = await app.objectAll());
  return more(app.t("open-it"), h("p", {}, app.t("open-it-lead")), status, h("p", { class: "acts" }, button(app.t("open-it"), act, { kind: "plain" })));
}
