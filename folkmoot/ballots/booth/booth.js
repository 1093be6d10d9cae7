// The booth: reads the address, keeps one voter's part, shows one page after another.

import { readAddress, withoutCodes } from "./address.js";
import { claimCode, slipCode } from "./codes.js";
import { h } from "./dom.js";
import { check } from "./pages/check.js";
import { casting, kept } from "./pages/kept.js";
import { line, papers, restore, waiting, words } from "./pages/papers.js";
import { question } from "./pages/question.js";
import { review } from "./pages/review.js";
import { second } from "./pages/second.js";
import { outside, start, whose } from "./pages/start.js";
import { heading, verdict } from "./pages/parts.js";
import { chooseLanguage, otherLanguage, say } from "./speech.js";
import { openStore } from "./store.js";
import { guardTablet } from "./tablet.js";
import { Voting } from "./voting.js";

const PAGES = {
  start, whose, outside, second, papers, line, words, restore, waiting, question, review, casting, kept, check, message,
};

/** A page that only says something. */
function message(app) {
  return [heading(app.t("trouble-title")), verdict(app.t(app.told), "late")];
}

class Booth extends Voting {
  constructor(address) {
    super();
    this.address = address;
    this.isTablet = address.isTablet;
    this.choose(chooseLanguage(address.lang, navigator.languages ?? [navigator.language]));
  }

  choose(language) {
    this.language = language;
    document.documentElement.lang = language;
    const other = otherLanguage(language);
    const change = h("button", { type: "button", class: "language", lang: other, on: { click: () => (this.choose(other), this.draw()) } }, say(other, "language"));
    document.querySelector("header b").textContent = this.t("booth");
    const leave = this.isTablet && h("button", { type: "button", class: "language", on: { click: () => this.reset() } }, this.t("leave-tablet"));
    document.querySelector("nav").replaceChildren(...[leave, change].filter(Boolean));
  }

  /** Show a page. What the page before it had running is stopped. */
  async draw({ isFirst = false } = {}) {
    this.quiet();
    this.remember?.(); // what is chosen on a page stays chosen, also when the language changes
    this.remember = null;
    const drawn = (this.drawn = (this.drawn ?? 0) + 1);
    const nodes = await PAGES[this.route](this, this.at);
    if (drawn !== this.drawn) return; // somebody went on meanwhile
    const main = document.querySelector("main");
    main.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
    const title = main.querySelector("h1");
    document.title = `${title.textContent} · ${this.t("booth")}`;
    if (isFirst) return;
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

async function begin() {
  const address = readAddress(location);
  history.replaceState(null, "", withoutCodes(location));
  const booth = new Booth(address);
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return booth.tell("needs-https");
  booth.store = await openStore(address);
  if (address.isTablet) guardTablet(booth);
  addEventListener("popstate", ({ state }) => booth.returnTo(state ?? {}));
  addEventListener("online", () => booth.wake());
  document.addEventListener("visibilitychange", () => document.hidden || booth.wake());
  addEventListener("hashchange", () => location.reload());
  const slip = slipCode(address.slip);
  if (address.isChecking) return booth.show("check");
  if (slip && address.poll) return booth.enterSlip(slip, address.poll);
  if (address.claims.length) return booth.enterClaims(address.claims.map((each) => ({ ...each, claim: claimCode(each.claim) ?? each.claim })));
  return booth.comeBack();
}

begin();
