// What a check says at the end: plain data that goes from the worker to the page, and the same text as `moot-verify`.

import { isFault, said } from "./finding.js";
import { TEXTS } from "./sentences.js";

const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

/** Shapes: `isWhole` all entries were read, so that everything was looked at; `papers` as counted anew. */
export function reportOf({ findings, checkpoint, papers = [], counted }) {
  return {
    origin: checkpoint?.origin ?? "",
    poll: papers[0]?.poll ?? "",
    size: checkpoint?.size ?? 0,
    isWhole: Boolean(counted),
    papers: (counted ?? []).map(paperReport),
    findings: findings.list().map((finding) => ({ ...finding, isFault: isFault(finding) })),
  };
}

function paperReport({ counts, ours }) {
  const { paper, log } = counts;
  const sheets = sum((log.close?.sheets ?? []).map(({ papers, spoiled }) => papers + spoiled));
  const accepted = sum(counts.cells.map((cell) => counts.accepted(cell))) + sheets;
  const spoiled = ours ? sum(ours.cells.map((cell) => cell.spoiled)) : 0;
  return {
    id: paper.id, question: paper.question, options: paper.scale.options, roll: sum([...counts.rolls().values()]),
    taken: sum([...counts.taken().values()]), accepted, spoiled, total: ours?.total ?? null,
    unopened: ours ? accepted - spoiled - ours.total.n : accepted, published: log.result?.total ?? null,
  };
}

/** Whether nothing was found that contradicts the poll. */
export function isRight({ findings }) {
  return !findings.some((finding) => finding.isFault);
}

export function isFinal({ findings }) {
  return !findings.some(({ key }) => key === "poll.running" || key === "poll.uncounted");
}

/** A whole report as text in "en" or "zh-Hans". */
export function textOf(report, language) {
  const t = (key, facts = {}) => fill(TEXTS[key][language === "en" ? 0 : 1], facts);
  const of = (wanted) => report.findings.filter((finding) => finding.isFault === wanted).map((finding) => `  - ${said(finding, language)}`);
  const [faults, notes] = [of(true), of(false)];
  const lines = [t("poll", report)];
  for (const paper of report.papers) lines.push("", ...paperLines(paper, language, t));
  lines.push("", t(faults.length ? "wrong" : "right"), ...faults);
  if (notes.length) lines.push("", t("notes"), ...notes);
  return lines.map(printable).join("\n");
}

function paperLines(paper, language, t) {
  const { question, options, total, unopened } = paper;
  const lines = [inLanguage(question, language), t("papers", paper)];
  if (!total) return [...lines, t("uncounted")];
  if (unopened) lines.push(t("unopened", paper));
  options.forEach((option, place) => {
    const mark = total.elected.includes(place) ? "elected" : total.tied.includes(place) ? "tied" : "";
    const votes = String(total.counts[place]).padStart(8);
    lines.push(`  ${votes}  ${inLanguage(option, language)}${mark && `  (${t(mark)})`}`);
  });
  return lines;
}

export function inLanguage(words, language) {
  return words[language] || Object.values(words)[0];
}

export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

/** Whoever wrote the log must not play with the reader's page. */
function printable(line) {
  return line.replace(/[\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu, (letter) => (letter === " " ? letter : "\ufffd"));
}
