// Everything once more, and casting.

import { button, h } from "../dom.js";
import { isRanked } from "../papers.js";
import { papersHeld } from "../sittings.js";
import { backButton, heading, inWords, secrecy, verdict } from "./parts.js";

export function review(app) {
  const { sitting } = app;
  const held = papersHeld(sitting);
  const isAgain = held.some(({ ballots }) => ballots.length);
  const isEmpty = !held.some(({ choices }) => choices);
  return [
    heading(app.t("review-title")),
    h("dl", { class: "answers" }, held.map((each, at) => h("div", {}, row(app, each, at)))),
    isAgain && verdict(app.t("replaces"), "wait"),
    sitting.isSlip && verdict(app.t("slip-once"), "wait"),
    isEmpty && verdict(app.t("nothing-to-cast"), "wait"),
    h("p", { class: "acts" }, backButton(app), !isEmpty && button(app.t("cast"), () => app.castAll(), { kind: "main" })),
    secrecy(app),
  ];
}

function row(app, each, at) {
  const change = button(app.t("change"), () => app.go("question", at), { kind: "small" });
  const { text } = app.words(each.paper.question);
  change.setAttribute("aria-label", app.t("change-of", { question: text }));
  return [h("dt", {}, inWords(app, each.paper.question)), h("dd", {}, answerOf(app, each), change)];
}

function answerOf(app, { paper, choices, ballots }) {
  if (!choices) return h("span", { class: "soft" }, app.t(ballots.length ? "stays-as-it-is" : "no-answer"));
  if (!choices.length) return h("span", {}, app.t("none-of-them"));
  if (choices.length === 1) return inWords(app, paper.scale.options[choices[0]]);
  const name = isRanked(paper.scale) ? "ol" : "ul";
  return h(name, {}, choices.map((place) => inWords(app, paper.scale.options[place], "li")));
}
