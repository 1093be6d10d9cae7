// What the page says, in the reader's language.

import { en } from "./words/en.js";
import { zh } from "./words/zh.js";

const WORDS = { en, "zh-Hans": zh };
const MOMENT = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

/** English or Chinese, by what was asked or by what the browser prefers. */
export function chooseLanguage(asked, preferred) {
  for (const tag of [asked, ...preferred]) {
    if (/^zh/i.test(tag)) return "zh-Hans";
    if (/^en/i.test(tag)) return "en";
  }
  return "en";
}

export function otherLanguage(language) {
  return language === "en" ? "zh-Hans" : "en";
}

/** A sentence with its parts filled in. */
export function say(language, key, parts = {}) {
  const words = WORDS[language][key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

/** The words of a leaf in this language, or in the one that there is: { text, lang }. */
export function wordsOf(words, language) {
  const lang = words[language] ? language : Object.keys(words)[0];
  return { text: words[lang], lang };
}

/** A moment in the reader's manner. Units: seconds since 1970. */
export function moment(language, seconds) {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "zh-CN", MOMENT).format(new Date(seconds * 1000));
}

/** Whether both languages have the same sentences with the same parts: for the tests. */
export function gaps() {
  const parts = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();
  return [...new Set([...Object.keys(en), ...Object.keys(zh)])].filter(
    (key) => !(key in en) || !(key in zh) || parts(en[key]) !== parts(zh[key]),
  );
}
