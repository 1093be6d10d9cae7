// One question on a page.

import { h } from "../dom.js";
import { isRanked } from "../papers.js";
import { papersHeld } from "../sittings.js";
import { backButton, crumbs, form, inWords, secrecy } from "./parts.js";
import { ranking } from "./ranking.js";

export function question(app, at = 0) {
  const held = papersHeld(app.sitting);
  const each = held[at];
  const { paper } = each;
  const { text, lang } = app.words(paper.question);
  const ways = { approval: severalOf, schulze: ranking, stv: ranking };
  const wrong = h("p", { class: "wrong", role: "alert" });
  const answer = (ways[paper.scale.kind] ?? oneOf)(app, each, () => (wrong.textContent = ""));
  const next = async () => {
    const found = answer.read();
    if (!found) {
      wrong.textContent = app.t(isRanked(paper.scale) ? "rank-something" : "choose-something");
      return answer.focus();
    }
    Object.assign(each, found);
    await app.keep();
    return app.go(at + 1 < held.length ? "question" : "review", at + 1);
  };
  app.remember = () => Object.assign(each, answer.read());
  const isLast = at + 1 === held.length;
  const hint = hintOf(app, paper.scale);
  return [
    crumbs(app.t("question-of", { n: at + 1, all: held.length })),
    h("h1", { tabindex: "-1", id: "question", lang: lang !== app.language && lang }, text),
    paper.open === 1 && h("p", { class: "soft" }, app.t("advisory")),
    hint && h("p", { class: "soft", id: "question-hint" }, hint),
    form({ label: app.t(isLast ? "to-review" : "next"), act: next, beside: at > 0 && backButton(app) }, answer.node, wrong),
    secrecy(app),
  ];
}

function hintOf(app, { kind, places }) {
  if (isRanked({ kind })) return app.t("rank-hint");
  if (kind !== "approval") return "";
  return places === 1 ? app.t("approval-one") : app.t("approval-many", { places });
}

function choice(type, { label, value, isOn, change, isApart }) {
  const input = h("input", { type, name: "answer", value, checked: isOn, on: { change } });
  return h("label", { class: isApart ? "choice apart" : "choice" }, input, label);
}

/** Rating, plurality, yes-no: one of them, or none. A yes-no paper has its own abstention. */
function oneOf(app, each, changed) {
  const { scale } = each.paper;
  const choices = scale.options.map((words, place) =>
    choice("radio", { label: inWords(app, words), value: place, isOn: each.choices?.[0] === place, change: changed }),
  );
  if (scale.kind !== "yes-no") choices.push(leaving(app, each, changed));
  const node = h("div", { class: "choices", role: "radiogroup", "aria-labelledby": "question" }, choices);
  const read = () => {
    const value = node.querySelector("input:checked")?.value;
    return value === undefined ? null : answered(value === "" ? null : [Number(value)]);
  };
  return { node, read, focus: () => node.querySelector("input").focus() };
}

/** Approval: any number of them; none of them is an answer, too. */
function severalOf(app, each, changed) {
  const tick = (event) => {
    changed();
    const isAlone = event.target.value === "" || event.target.value === "none";
    for (const other of node.querySelectorAll("input")) {
      const gives = isAlone ? other !== event.target : other.value === "" || other.value === "none";
      if (event.target.checked && gives) other.checked = false;
    }
  };
  const node = h(
    "div",
    { class: "choices", role: "group", "aria-labelledby": "question", "aria-describedby": "question-hint" },
    each.paper.scale.options.map((words, place) =>
      choice("checkbox", { label: inWords(app, words), value: place, isOn: each.choices?.includes(place), change: tick }),
    ),
    choice("checkbox", { label: app.t("none-of-them"), value: "none", isOn: each.choices?.length === 0, change: tick, isApart: true }),
    choice("checkbox", { label: app.t("leave"), value: "", isOn: each.isLeft, change: tick, isApart: true }),
  );
  const read = () => {
    const values = [...node.querySelectorAll("input:checked")].map(({ value }) => value);
    if (!values.length) return null;
    return answered(values[0] === "" ? null : values.filter((value) => value !== "none").map(Number));
  };
  return { node, read, focus: () => node.querySelector("input").focus() };
}

function leaving(app, each, change) {
  return choice("radio", { label: app.t("leave"), value: "", isOn: each.isLeft, change, isApart: true });
}

/** What a page found: positions, or no answer. */
export function answered(choices) {
  return { choices, isLeft: choices === null };
}
