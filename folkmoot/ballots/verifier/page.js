// The page: what is to be checked, how far it is, what was found.

import { h } from "../booth/dom.js";
import { chooseLanguage, otherLanguage } from "../booth/speech.js";
import { logAddress } from "./evidence.js";
import { form } from "./form.js";
import { failure, progress, verdict } from "./shown.js";
import { WORDS } from "./words.js";

const VIEWS = { form, progress, verdict, failure };

class Page {
  constructor(asked) {
    this.asked = { log: asked.get("log") ?? "" };
    this.view = "form";
    this.choose(chooseLanguage(asked.get("lang") ?? "", navigator.languages ?? [navigator.language]));
  }

  t(key) {
    return WORDS[this.language][key];
  }

  choose(language) {
    this.language = language;
    document.documentElement.lang = language;
    const other = otherLanguage(language);
    const change = () => (this.choose(other), this.show(this.view, this.at));
    document.querySelector("header b").textContent = this.t("page");
    document.querySelector("nav").replaceChildren(
      h("button", { type: "button", class: "language", lang: other, on: { click: change } }, WORDS[other].language),
    );
  }

  show(view, at = {}, { isFirst = false } = {}) {
    this.remember?.(); // what was typed stays, also when the language changes
    Object.assign(this, { view, at, remember: null, update: null });
    const main = document.querySelector("main");
    main.replaceChildren(...VIEWS[view](this, at).flat(Infinity).filter(Boolean));
    const title = main.querySelector("h1");
    document.title = `${title.textContent} · ${this.t("page")}`;
    if (isFirst) return;
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** Check what is asked, in a worker made of this page's own script. */
  check() {
    const script = new Blob([document.querySelector("script").textContent], { type: "text/javascript" });
    const address = URL.createObjectURL(script);
    this.worker = new Worker(address);
    this.worker.addEventListener("message", ({ data }) => this.take(data));
    this.worker.addEventListener("error", ({ message }) => this.take({ failed: "unreadable", reason: message ?? "" }));
    this.show("progress");
    const { log, bundle, policy, more } = this.asked;
    this.worker.postMessage({ log: logAddress(log), bundle, policy, more });
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  take(data) {
    if (data.report) this.end("verdict", data.report);
    else if (data.failed) this.end("failure", data);
    else this.update?.((this.at = data));
  }

  end(view, at) {
    this.worker.terminate();
    this.show(view, at);
  }
}

export function begin() {
  const page = new Page(new URLSearchParams(location.hash.slice(1)));
  addEventListener("hashchange", () => location.reload());
  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) return page.show("failure", { failed: "old", reason: "" }, { isFirst: true });
  page.show("form", {}, { isFirst: true });
  if (logAddress(page.asked.log)) page.check();
}
