// From one page to the next, in the reader's words.

import { stageOf } from "./sittings.js";
import { moment, say, wordsOf } from "./speech.js";

const ANYWHERE = ["start", "check", "whose"];

export class Flow {
  constructor() {
    this.sitting = null;
    this.timers = [];
    this.keep = () => this.store.put(this.sitting);
  }

  // words

  t(key, parts) {
    return say(this.language, key, parts);
  }

  words(words) {
    return wordsOf(words, this.language);
  }

  moment(seconds) {
    return moment(this.language, seconds);
  }

  pollName({ name, poll }) {
    return name ? this.words(name).text : poll;
  }

  /** A sentence for what went wrong: our own, else what the other side said. */
  explain(trouble) {
    const key = `trouble-${trouble.code}`;
    const isOurs = ["offline", "busy", "stranger", "slip-unknown", "lower-seq", "registrars-differ", "split-view"].includes(trouble.code);
    if (isOurs) return this.t(key);
    return trouble.title || this.t(trouble.name === "Refused" ? "trouble-refused" : "trouble-stranger");
  }

  // pages

  get now() {
    return Math.floor(Date.now() / 1000);
  }

  show(route, at = 0) {
    [this.route, this.at] = [route, at];
    history.replaceState({ route, at }, "");
    return this.draw();
  }

  /** Go to a page. A tablet has no history: nobody goes back into what another voter did. */
  go(route, at = 0) {
    if (this.isTablet) {
      (this.trail ??= []).push([this.route, this.at]);
      return this.show(route, at);
    }
    [this.route, this.at] = [route, at];
    history.pushState({ route, at }, "");
    return this.draw();
  }

  back() {
    if (!this.isTablet) return history.back();
    const [route, at] = this.trail?.pop() ?? ["start", 0];
    return this.show(route, at);
  }

  /** The back button: to a page that still has a meaning, else to where the voter stands. */
  returnTo({ route = "start", at = 0 }) {
    const isFilling = route === "question" || route === "review";
    const stage = this.sitting && stageOf(this.sitting, this.now);
    if (!this.sitting) return this.show(ANYWHERE.includes(route) && route !== "whose" ? route : "start");
    if (route === stage || ANYWHERE.includes(route)) return this.show(route === "start" ? stage : route, at);
    if (isFilling && (stage === "question" || this.isAgain)) return this.show(route, at);
    return this.show(stage);
  }

  goOn() {
    return this.show(stageOf(this.sitting, this.now));
  }

  tell(key) {
    this.told = key;
    return this.show("message");
  }

  /** Do something again and again, as long as this page is shown. */
  every(seconds, act) {
    this.timers.push(setInterval(act, 1000 * seconds));
  }

  later(milliseconds, act) {
    this.timers.push(setTimeout(act, milliseconds));
  }

  quiet() {
    this.timers.splice(0).forEach((timer) => (clearInterval(timer), clearTimeout(timer)));
  }
}
