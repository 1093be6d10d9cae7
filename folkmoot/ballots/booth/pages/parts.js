// Pieces that several pages are made of.

import { originOf } from "../address.js";
import { button, drawing, h, once } from "../dom.js";
import { isTwoPhase } from "../papers.js";

const LOCK = "M6 10V8a6 6 0 1112 0v2h1.5v11h-15V10zm2.5 0h7V8a3.5 3.5 0 10-7 0z";

/** The one heading of a page. It takes the focus when the page comes, so that readers aloud begin there. */
export function heading(text, lang) {
  return h("h1", { tabindex: "-1", lang }, text);
}

export function crumbs(text) {
  return h("p", { class: "crumbs" }, text);
}

/** A sentence that is the point of the page; `kind` "", "wait" or "late". */
export function verdict(text, kind = "") {
  return h("p", { class: `verdict ${kind}`.trim() }, text);
}

/** Words of a leaf, marked when they are in the other language. */
export function inWords(app, words, name = "span") {
  const { text, lang } = app.words(words);
  return h(name, { lang: lang !== app.language && lang }, text);
}

export function more(summary, ...children) {
  return h("details", {}, h("summary", {}, summary), ...children);
}

/**
 * Who can and who cannot tell how one votes, in one sentence, and what it cannot protect behind it. Who holds the
 * key and what becomes of small groups stands there too, unless the page itself has told so.
 */
export function secrecy(app, { isTold = false } = {}) {
  const { papers, level } = app.sitting;
  const { paper } = papers[0];
  const lines = [app.t(`level-${level}`)];
  if (!isTwoPhase(paper)) lines.push(app.t("hidden-among"));
  return h(
    "div",
    { class: "secret" },
    drawing("0 0 24 24", LOCK, "lock"),
    h("div", {}, h("p", {}, lines.join(app.t("joint"))), more(app.t("how-it-works"), howItWorks(app, paper), !isTold && [h("p", {}, teller(app, paper)), smallGroups(app)])),
  );
}

function howItWorks(app, paper) {
  const points = ["how-sealed", "how-blind", "how-log", "not-phone", "not-shoulder", "not-receipt", "not-small"];
  const page = `${originOf(paper.registrars[0])}/how-votes-are-protected/`;
  return [
    h("ul", {}, points.map((key) => h("li", {}, app.t(key)))),
    h("p", {}, h("a", { href: page, target: "_blank", rel: "noopener noreferrer" }, app.t("how-more"))),
  ];
}

/** Who holds the key that opens the answers. */
export function teller(app, paper) {
  return paper.teller ? app.t("teller-named", { teller: paper.teller }) : app.t("teller-registrar", { registrar: paper.registrars[0] });
}

/** What becomes of a cell that stays small, in the words of the group. */
export function smallGroups(app) {
  const said = new Set();
  for (const { paper, stratum, holding, sentence } of app.sitting.papers) {
    const { label } = paper.strata.find(({ id }) => id === stratum);
    const parts = { k: paper.k, group: app.words(label).text, channel: app.t(`by-${holding?.channel ?? "token"}`) };
    said.add(sentence ? app.words(sentence).text : app.t("small-group", parts));
  }
  return [...said].map((text) => h("p", {}, text));
}

/** A field for something typed. Gives { field, input, complain }. */
export function typed(app, { label, hint, name = "input", ...attributes }) {
  const input = h(name, {
    id: "typed", class: "typed", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    "aria-describedby": "typed-hint typed-wrong", ...attributes,
  });
  const wrong = h("p", { id: "typed-wrong", class: "wrong", role: "alert" });
  const field = h("div", { class: "field" }, h("label", { for: input.id }, label), h("p", { id: "typed-hint", class: "hint" }, hint), wrong, input);
  const complain = (text) => {
    wrong.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  return { field, input, complain };
}

/** A form that does one thing when it is sent, by its button or by Enter. `beside` stands before that button. */
export function form({ label, act, beside }, ...children) {
  const main = h("button", { type: "submit", class: "button main" }, label);
  const sent = (event) => {
    event.preventDefault();
    return once(main, act);
  };
  return h("form", { novalidate: true, on: { submit: sent } }, ...children, h("p", { class: "acts" }, beside, main));
}

/** The way back, for whoever has no back button, or does not trust it. */
export function backButton(app) {
  return button(app.t("back"), () => app.back(), { kind: "plain" });
}

/** A list of what is asked. */
export function questions(app) {
  return h("ol", { class: "questions" }, app.sitting.papers.map(({ paper }) => inWords(app, paper.question, "li")));
}
