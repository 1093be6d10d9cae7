// What is to be checked: an address or a bundle, and what the reader brings.

import { h } from "../booth/dom.js";
import { logAddress } from "./evidence.js";
import { heading } from "./shown.js";

export function form(page, { wrong = "" }) {
  const { t, asked } = { t: (key) => page.t(key), asked: page.asked };
  const address = field(t, "address", { type: "url", inputmode: "url", autocomplete: "off", spellcheck: "false", value: asked.log, "aria-invalid": Boolean(wrong) && "true" });
  const bundle = field(t, "bundle", { type: "file", accept: ".zip,application/zip" });
  const policy = field(t, "policy", { type: "file" });
  const more = field(t, "more", { type: "file", multiple: true });
  const inputs = [address, bundle, policy, more].map((each) => each.querySelector("input"));
  restore(inputs, asked);
  page.remember = () => remember(inputs, page);
  const check = (event) => {
    event.preventDefault();
    remember(inputs, page);
    const wrongNow = wrongIn(page.asked);
    if (!wrongNow) return page.check();
    page.show("form", { wrong: wrongNow });
    document.querySelector("input").focus();
  };
  const error = h("p", { class: "wrong", role: "alert", id: "wrong" }, wrong && t(wrong));
  address.append(error);
  return [
    heading(t("title")),
    h("p", { class: "lead" }, t("lead")),
    h("form", { novalidate: true, on: { submit: check } }, address, bundle,
      h("details", {}, h("summary", {}, t("own")), policy, more),
      h("div", { class: "acts" }, h("button", { class: "button main" }, t("check")))),
  ];
}

function wrongIn({ log, bundle }) {
  if (bundle) return "";
  if (!log.trim()) return "nothing";
  return logAddress(log) ? "" : "address-wrong";
}

function field(t, name, attributes) {
  const described = `${name}-hint${name === "address" ? " wrong" : ""}`;
  return h("div", { class: "field" }, h("label", { for: name }, t(name)), h("p", { class: "hint", id: `${name}-hint` }, t(`${name}-hint`)),
    h("input", { id: name, "aria-describedby": described, ...attributes }));
}

function remember([address, bundle, policy, more], page) {
  page.asked = { log: address.value, bundle: bundle.files[0], policy: policy.files[0], more: [...more.files] };
}

/** Files that were chosen stay chosen, for instance when the language changes. */
function restore([, bundle, policy, more], asked) {
  for (const [input, files] of [[bundle, [asked.bundle]], [policy, [asked.policy]], [more, asked.more ?? []]]) {
    const chosen = new DataTransfer();
    files.filter(Boolean).forEach((file) => chosen.items.add(file));
    if (chosen.files.length) input.files = chosen.files;
  }
}
