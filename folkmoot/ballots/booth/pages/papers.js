// Taking papers: what they are, how secret it is, and what happens if the phone is lost.

import { randomBytes } from "../bytes.js";
import { readWords, writeWords } from "../codes.js";
import { button, h } from "../dom.js";
import { papersLeft, takePapers } from "../sittings.js";
import { backButton, form, heading, more, questions, secrecy, smallGroups, teller, typed, verdict } from "./parts.js";

export function papers(app) {
  const { sitting } = app;
  const { paper } = sitting.papers[0];
  const status = h("p", { class: "status", role: "status" });
  const isElsewhere = !sitting.papers.some(({ asked }) => asked) && sitting.papers.some(({ taken }) => taken === "token");
  const other = sitting.papers.find(({ taken }) => taken === "slip" || taken === "hand");
  return [
    heading(app.pollName(sitting)),
    paper.open === 1 && verdict(app.t("advisory"), "wait"),
    isElsewhere && verdict(app.t("taken-elsewhere"), "late"),
    other && verdict(app.t(`taken-${other.taken}`), "wait"),
    !isElsewhere && !other && h("p", { class: "lead" }, app.t(sitting.papers.length === 1 ? "one-paper" : "many-papers", { n: sitting.papers.length })),
    questions(app),
    status,
    papersLeft(sitting).length > 0 && waysToTake(app, { status, isElsewhere }),
    smallGroups(app),
    h("p", {}, teller(app, paper)),
    secrecy(app, { isTold: true }),
  ];
}

function waysToTake(app, { status, isElsewhere }) {
  const restore = button(app.t("have-words"), () => app.go("restore"), { kind: isElsewhere ? "main" : "plain" });
  if (isElsewhere) return [h("p", {}, app.t("elsewhere-words")), h("p", { class: "acts" }, restore)];
  const withWords = button(app.t("with-words"), () => app.go("words"), { kind: "plain" });
  return [
    h("p", { class: "acts" }, button(app.t("take"), () => take(app, { status }), { kind: "main" })),
    !app.isTablet && more(app.t("if-lost"), h("p", {}, app.t("words-price")), h("p", { class: "acts" }, withWords), h("p", { class: "acts" }, restore)),
    !app.store.isLasting && verdict(app.t("not-lasting"), "wait"),
  ];
}

/** More people ask than papers are given out at once. The page asks again by itself, later each time. */
export function line(app) {
  const status = h("p", { class: "status", role: "status" });
  const ask = () => take(app, { status });
  app.askLater(ask);
  return [
    heading(app.t("line-title")),
    verdict(app.lineTold || app.t("line-told"), "wait"),
    h("p", {}, app.t("line-next")),
    status,
    h("p", { class: "acts" }, button(app.t("try-now"), ask, { kind: "plain" })),
    h("p", { class: "soft" }, app.t("advisory")),
  ];
}

async function take(app, { status, seed, complain }) {
  const told = (done, all) => (status.textContent = app.route === "line" ? "" : app.t("taking", { done, all }));
  try {
    await takePapers(app.sitting, { seed, language: app.language, keep: app.keep, told });
  } catch (trouble) {
    status.textContent = "";
    // The registrar signs one request only: that of the device, or of the words, which came first.
    if (trouble.code === "status-409") return complain ? complain(app.t("words-other")) : app.takenElsewhere();
    if (trouble.code === "status-429") return app.standInLine(trouble, () => take(app, { status }));
    status.textContent = app.explain(trouble);
    return app.route === "line" ? app.leaveLine(trouble, () => take(app, { status })) : undefined;
  }
  app.seed = null;
  return app.goOn();
}

/** Recovery words: shown once, kept nowhere. */
export async function words(app) {
  const seed = (app.seed ??= randomBytes(16)); // the same when the page is drawn again
  const groups = await writeWords(seed);
  const status = h("p", { class: "status", role: "status" });
  return [
    heading(app.t("words-title")),
    h("p", { class: "lead" }, app.t("words-lead")),
    h("ol", { class: "groups", translate: "no" }, groups.map((group) => h("li", {}, group))),
    h("p", {}, app.t("words-price")),
    status,
    h("p", { class: "acts" }, backButton(app), button(app.t("words-written"), () => take(app, { status, seed }), { kind: "main" })),
  ];
}

/** Recovery words typed on another phone. */
export function restore(app) {
  const given = typed(app, { name: "textarea", rows: "3", label: app.t("words-label"), hint: app.t("words-hint") });
  const status = h("p", { class: "status", role: "status" });
  const act = async () => {
    let seed;
    try {
      seed = await readWords(given.input.value);
    } catch (refused) {
      return given.complain(app.t(refused.code));
    }
    return take(app, { status, seed, complain: given.complain });
  };
  return [
    heading(app.t("restore-title")),
    form({ label: app.t("restore"), act, beside: backButton(app) }, given.field, status),
  ];
}

/** Casting has not begun. The page goes on by itself. */
export function waiting(app) {
  const { paper } = app.sitting.papers.find(({ holding }) => holding);
  const { casts } = paper.calendar;
  app.every(casts ? 1 : 5, () => app.lookForOpening());
  return [
    heading(app.t("waiting-title")),
    verdict(casts ? app.t("waiting-until", { moment: app.moment(casts) }) : app.t("waiting-word"), "wait"),
    h("p", {}, app.t("waiting-next")),
    questions(app),
    h("p", { class: "acts" }, button(app.t("waiting-heard"), () => app.callOpen(), { kind: "plain" })),
    secrecy(app),
  ];
}
