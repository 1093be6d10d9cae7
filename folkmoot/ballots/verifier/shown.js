// How far the check is, and what it found: the verdict first, then each check, then the numbers side by side.

import { button, h, offerFile } from "../booth/dom.js";
import { wordsOf } from "../booth/speech.js";
import { said } from "./finding.js";
import { fill, isFinal, isRight, textOf } from "./report.js";
import { TEXTS } from "./sentences.js";
import { stepsOf } from "./steps.js";

export function heading(text) {
  return h("h1", { tabindex: "-1" }, text);
}

const told = (page, key, facts) => fill(TEXTS[key][page.language === "en" ? 0 : 1], facts).trim();

export function progress(page, { done = 0, size = 0 }) {
  const bar = h("progress", { "aria-label": page.t("checking") });
  const line = h("p", { class: "status" });
  page.update = (now) => {
    const isRead = now.size > 0 && now.done === now.size;
    line.textContent = isRead ? page.t("counting") : now.size ? told(page, "reading", now) : page.t("fetching");
    if (now.size && !isRead) Object.assign(bar, { max: now.size, value: now.done });
    else bar.removeAttribute("value");
  };
  page.update({ done, size });
  const stop = () => page.end("form", {});
  return [heading(page.t("checking")), bar, line, h("div", { class: "acts" }, button(page.t("stop"), stop, { kind: "plain" }))];
}

export function verdict(page, report) {
  const t = (key) => page.t(key);
  const isInOrder = isRight(report);
  const sentence = !isInOrder ? "wrong" : isFinal(report) ? "right" : "unfinished";
  const kind = { wrong: "verdict late", right: "verdict", unfinished: "verdict wait" }[sentence];
  const notes = report.findings.filter((finding) => !finding.isFault);
  const keep = () => offerFile(`${report.poll || "poll"}-report.txt`, `${textOf(report, page.language)}\n`);
  return [
    heading(t(sentence)),
    h("p", { class: kind }, told(page, "poll", report)),
    notes.length > 0 && [h("h2", {}, told(page, "notes", {}).replace(/[:：]$/, "")), list(notes, page)],
    h("h2", {}, t("checks")),
    !report.isWhole && h("p", {}, t("all-read")),
    h("ol", { class: "steps" }, stepsOf(report).map((step) => shownStep(page, step))),
    report.papers.map((paper) => shownPaper(page, paper)),
    h("div", { class: "acts" }, button(t("keep"), keep, { kind: "main" }), button(t("check-another"), () => page.show("form"), { kind: "plain" })),
  ];
}

function shownStep(page, { name, state, faults }) {
  const label = h("b", { class: `state ${state}` }, page.t(state));
  const sentence = page.t(state === "none" ? "promise-none" : name);
  return h("li", {}, label, faults.length ? list(faults, page) : h("p", { class: state === "in-order" ? "" : "soft" }, sentence));
}

function list(findings, page) {
  return h("ul", {}, findings.map((finding) => h("li", {}, said(finding, page.language))));
}

function shownPaper(page, paper) {
  const { question, options, total, published, unopened } = paper;
  const title = inWords("h2", question, page);
  const lines = [told(page, "papers", paper), total ? unopened > 0 && told(page, "unopened", paper) : told(page, "uncounted", {})];
  const rows = options.map((option, place) => shownOption(page, inWords("span", option, page), { place, total, published }));
  const head = ["answer", "counted", "published"].map((key) => h("th", { scope: "col" }, page.t(key)));
  const table = (total || published) && h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
  return [title, lines.filter(Boolean).map((line) => h("p", {}, line)), table];
}

/** Words of the paper, marked with their own language. */
function inWords(element, words, page) {
  const { text, lang } = wordsOf(words, page.language);
  return h(element, { lang }, text);
}

function shownOption(page, name, { place, total, published }) {
  const [own, theirs] = [total?.counts[place], published?.counts[place]];
  const mark = total?.elected.includes(place) ? "elected" : total?.tied.includes(place) ? "tied" : "";
  const isOther = total && published && own !== theirs;
  return h("tr", { class: isOther && "other" },
    h("th", { scope: "row" }, name, mark && [" ", h("span", { class: "label" }, told(page, mark, {}))]),
    h("td", {}, own ?? "–"),
    h("td", {}, theirs ?? (published ? "–" : page.t("unpublished")), isOther && [" ", h("b", { class: "state not-in-order" }, page.t("differs"))]));
}

export function failure(page, { failed, reason }) {
  return [
    heading(page.t("failed-title")),
    h("p", { class: "verdict late" }, page.t(failed)),
    reason && h("p", { class: "soft" }, h("code", {}, reason)),
    failed !== "old" && h("div", { class: "acts" }, button(page.t("check-another"), () => page.show("form"), { kind: "main" })),
  ];
}
